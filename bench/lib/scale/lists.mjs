import { percentile } from '../figures.mjs';
import { table } from '../promises.mjs';

const ROUNDS = 200;
/** A list that is slow is measured less often, so that a run ends. */
const PATIENCE_MS = 2_000;
const LIMIT_MS = 50;
const CLIENTS_LIMIT_MS = 10;
const LAST_PAGE_LIMIT = 1.3;
const DEEP_PAGES = 25;
const LARGEST_PAGE = 200;

/** Every list of the management API, first and deep pages, searches and filters. @param facts ids that occur */
export async function measureLists(browser, facts, promises, only) {
  const figures = [];
  const measured = async (what, path, cursor) => {
    const figure = { what, wanted: what.startsWith('clients') ? CLIENTS_LIMIT_MS : LIMIT_MS, ...(await measure(browser, path, cursor)) };
    figures.push(figure);
    if (figure.refused) promises.must(`${what} is answered`, false, figure.refused);
    else promises.aim(`${what}, p99`, figure.p99, figure.wanted, 'ms');
    return figure;
  };
  for (const [what, path, deep] of listsOf(facts)) {
    if (only && !what.includes(only)) continue;
    const first = await measured(what, path);
    if (first.refused || !deep) continue;
    const last = await measured(`${what}, ${deep} page`, path, await cursorOf(browser, path, deep));
    if (deep === 'last')
      promises.aim(`${what}, first and last page`, Math.max(first.p50, last.p50) / Math.min(first.p50, last.p50), LAST_PAGE_LIMIT, 'x');
  }
  table(
    ['list', 'p50', 'p99', 'wanted', 'rows', 'total'],
    figures.map(({ what, p50, p99, wanted, rows, total }) => [
      what,
      p50,
      p99,
      `${p99 <= wanted ? '' : 'missed, '}${wanted}`,
      String(rows),
      total,
    ]),
  );
  return figures;
}

function listsOf({ client_id, busy_client_id, user_id, token_id }) {
  const month = (ago) => new Date(Date.now() - ago * 30 * 86_400_000).toISOString();
  const audit = {
    user: `user_id=${user_id}`,
    'common action': 'action=token.issued',
    'rare action': 'action=client.updated',
    'missing action': 'action=team.created',
    channel: 'channel=ui',
    client: `client_id=${client_id}`,
    'busy client': `client_id=${busy_client_id}`,
    target: `target_id=${token_id}`,
    token: `token_id=${token_id}`,
    result: 'result=denied',
    incident: 'incident=true',
    'no incident': 'incident=false',
    'from and to': `from=${month(6)}&to=${month(5)}`,
    'user and action': `user_id=${user_id}&action=session.refused`,
    'client and result': `client_id=${busy_client_id}&result=denied`,
  };
  return [
    ['clients', '/oauth-clients', 'last'],
    ['clients by name', '/oauth-clients?sort=client_name', 'last'],
    ['clients by last use', '/oauth-clients?sort=-last_used_at', 'last'],
    ['clients, search', '/oauth-clients?search=c4ca42'],
    ['clients, search in vain', '/oauth-clients?search=nowhere'],
    ['clients, status', '/oauth-clients?status=disabled'],
    ['clients, preset and selection', '/oauth-clients?access_preset=full_access&team_selection=multiple'],
    ['connected apps, mine', '/connected-apps'],
    ['connected apps, everyone', '/connected-apps?show=organization', 'deep'],
    ['connected apps, everyone, by age', '/connected-apps?show=organization&sort=-created_at'],
    ['connected apps, everyone, by end', '/connected-apps?show=organization&sort=expires_at'],
    ['connected apps, everyone, ended', '/connected-apps?show=organization&status=ended'],
    ['tokens of an app, mine', `/connected-apps/${busy_client_id}/tokens`],
    ['tokens of an app, everyone', `/connected-apps/${client_id}/tokens?show=organization`],
    ['tokens of the busiest app, everyone', `/connected-apps/${busy_client_id}/tokens?show=organization`, 'deep'],
    ['tokens of the busiest app, by age', `/connected-apps/${busy_client_id}/tokens?show=organization&sort=-created_at`],
    ['tokens of the busiest app, by end', `/connected-apps/${busy_client_id}/tokens?show=organization&sort=expires_at`],
    ['UI sessions, mine', '/ui-sessions'],
    ['UI sessions, everyone', '/ui-sessions?show=organization', 'deep'],
    ['users', '/users', 'deep'],
    ['users by address', '/users?sort=email'],
    ['users, search', '/users?search=user4711'],
    ['users, search in vain', '/users?search=nowhere'],
    ['users, status', '/users?status=disabled'],
    ['teams', '/teams', 'last'],
    ['teams, search', '/teams?search=team%204'],
    ['audit', '/audit-events', 'deep'],
    ...Object.entries(audit).map(([name, filter]) => [`audit, ${name}`, `/audit-events?${filter}`]),
  ];
}

async function measure(browser, path, cursor) {
  const address = cursor === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`;
  const times = [];
  const began = performance.now();
  let page;
  try {
    page = await list(browser, address);
  } catch ({ message }) {
    const took = performance.now() - began;
    return { p50: took, p99: took, rounds: 1, rows: 0, total: 'refused', refused: message };
  }
  do {
    const asked = performance.now();
    page = await list(browser, address);
    times.push(performance.now() - asked);
  } while (times.length < ROUNDS && performance.now() - began < PATIENCE_MS);
  const total = page.total_is_capped ? `over ${page.total}` : String(page.total);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), rounds: times.length, rows: page.items.length, total };
}

/** Where the last page begins, or one that is thousands of rows away. */
async function cursorOf(browser, path, deep) {
  const size = deep === 'last' ? 50 : LARGEST_PAGE;
  let cursor;
  const pages = deep === 'last' ? Infinity : DEEP_PAGES;
  for (let page = 0; page < pages; page += 1) {
    const address = `${path}${path.includes('?') ? '&' : '?'}limit=${size}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
    const { next_cursor } = await list(browser, address);
    if (next_cursor === null) return cursor;
    cursor = next_cursor;
  }
  return cursor;
}

function list(browser, path) {
  return browser.json('GET', `/api/v1${path}`);
}
