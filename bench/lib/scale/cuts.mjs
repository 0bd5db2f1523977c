import pg from 'pg';
import { percentile } from '../figures.mjs';
import { table } from '../promises.mjs';
import { Caller } from '../steady.mjs';
import { Transactions } from './transactions.mjs';

const ROUNDS = 20;
const LIMIT_MS = 5;

/**
 * How soon a cut bites: what its transaction takes within the database; from the moment the request is sent until another connection sees
 * it; and when it is answered.
 *
 * @param listening hears the database's log: see `openPlace`
 */
export async function measureCuts(server, { browser, client_id, live, listening }, promises) {
  const watcher = new pg.Client({ connectionString: server.database_url });
  await watcher.connect();
  await watcher.query('SET log_min_duration_statement = -1');
  const transactions = new Transactions();
  return listening(transactions.hear, () => cutAndWatch(server, { browser, client_id, live, watcher, transactions }, promises));
}

async function cutAndWatch(server, { browser, client_id, live, watcher, transactions }, promises) {
  const caller = new Caller(server.url, 4);
  const [{ id: user_id }] = await server.sql(`SELECT id FROM user_account WHERE email = 'dev@acme.example'`);
  const cuts = cutsOf({ caller, browser, watcher, client_id, user_id });
  const figures = [];
  try {
    for (const [what, cut] of Object.entries(cuts)) {
      const seen = [];
      for (let round = 0; round < ROUNDS; round += 1) seen.push(await transactions.of(cut));
      const at = (share, key) =>
        percentile(
          seen.map((each) => each[key]),
          share,
        );
      const in_database = at(0.5, 'in_database');
      const [effect, slowest, answer] = [at(0.5, 'effect'), at(1, 'effect'), at(0.5, 'answer')];
      figures.push({ what, database: server.name, live, in_database, effect, slowest, answer });
      const wrong = seen.filter(({ good }) => !good).length;
      promises.must(`${what}, ${server.name} database, is answered`, wrong === 0, `${wrong} of ${ROUNDS} were not`);
      promises.aim(`${what}, ${live} live grants, in the database`, in_database, LIMIT_MS, 'ms');
    }
  } finally {
    caller.close();
    await watcher.end();
  }
  table(
    ['cut', 'database', 'live grants', 'in the database ms', 'in effect ms', 'slowest ms', 'answered ms'],
    figures.map((each) => [each.what, each.database, String(each.live), each.in_database, each.effect, each.slowest, each.answer]),
  );
  return figures;
}

function cutsOf({ caller, browser, watcher, client_id, user_id }) {
  const send = (method, path, body) =>
    caller.send({
      method,
      path: `/api/v1${path}`,
      headers: { cookie: browser.cookie, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
  const client = { text: 'SELECT epoch AS value FROM oauth_client WHERE client_id = $1', values: [client_id] };
  const user = (column) => ({ text: `SELECT ${column} AS value FROM user_account WHERE id = $1`, values: [user_id] });
  const status = (value) => send('PUT', `/oauth-clients/${client_id}/status`, { status: value });
  return {
    'revoke all of a client': () => timed(watcher, client, () => send('DELETE', `/connected-apps/${client_id}/tokens?show=organization`)),
    'pause a client': async () => {
      const seen = await timed(watcher, client, () => status('disabled'));
      await status('enabled');
      return seen;
    },
    'disable a user': async () => {
      const seen = await timed(watcher, user('epoch'), () => send('PATCH', `/users/${user_id}`, { status: 'disabled' }));
      await send('PATCH', `/users/${user_id}`, { status: 'active' });
      return seen;
    },
    'sign a user out': () => {
      const mine = { text: `SELECT session_epoch AS value FROM user_account WHERE email = 'admin@acme.example'`, values: [] };
      return timed(watcher, mine, () => send('DELETE', '/ui-sessions'));
    },
  };
}

/** Asks again and again, on a connection of its own, until the value has moved on. */
async function timed(watcher, watched, run) {
  const value = async () => (await watcher.query({ name: watched.text, ...watched })).rows[0].value;
  const before = await value();
  const began = performance.now();
  const over = new AbortController();
  const answering = (async () => {
    const { status } = await run();
    over.abort();
    return { answer: performance.now() - began, good: status >= 200 && status < 300 };
  })();
  while ((await value()) === before && !over.signal.aborted);
  const effect = performance.now() - began;
  const { answer, good } = await answering;
  return { effect, answer, good: good && (await value()) !== before };
}
