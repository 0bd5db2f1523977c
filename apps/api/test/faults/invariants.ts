import { type Browser, exchange, introspect, refresh } from '../support/browser.js';
import { type Ledger, readHandle, type Story } from './ledger.js';
import type { Endpoint } from './machine.js';

/** Enough to find what broke; each copy that is presented ends a grant. */
const COPIES = 12;
/** Fewer than the management API of one process has under way at a time. */
const GROUP = 50;

interface Examined {
  readonly sql: <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>;
}

/**
 * Holds what was acknowledged against the database and every process, once all is well again. Nothing acknowledged is lost,
 * nothing revoked lives, nothing is honoured twice, and the log tells of every change exactly once.
 *
 * @param endpoints the processes that answer now
 * @returns every contradiction, in words
 */
export async function contradictions(ledger: Ledger, database: Examined, endpoints: readonly Endpoint[]): Promise<string[]> {
  const found = [...ledger.wrong];
  for (const check of [eventsWritten, grantsKept, sessionsKept, editsKept, coherent]) found.push(...(await check(ledger, database)));
  for (const endpoint of endpoints) {
    found.push(...(await inGroups(ledger.stories, (story) => usesOf(endpoint, story))));
    found.push(...(await inGroups(ledger.sessions, ({ browser, ended }) => sessionOf(browser.at(endpoint), ended))));
  }
  found.push(...(await copiesRefused(ledger, endpoints[0]!)));
  found.push(...(await coherent(ledger, database)));
  return found;
}

/** Asks of each, a few at a time: a process that is asked of hundreds at once turns some away, as it should. */
async function inGroups<T>(all: readonly T[], ask: (one: T) => Promise<string[]>): Promise<string[]> {
  const found: string[] = [];
  for (let n = 0; n < all.length; n += GROUP) found.push(...(await Promise.all(all.slice(n, n + GROUP).map(ask))).flat());
  return found;
}

/** Each acknowledged change is in the log, once. */
async function eventsWritten(ledger: Ledger, { sql }: Examined): Promise<string[]> {
  const named = await sql<{ id: string; action: string }>('SELECT id::text, action FROM audit_event WHERE id::text = ANY ($1)', [
    [...ledger.events.keys()],
  ]);
  const byRequest = await sql<{ request_id: string; action: string }>(
    'SELECT request_id::text, action FROM audit_event WHERE request_id::text = ANY ($1)',
    [[...ledger.requests.keys()]],
  );
  const missing = [...ledger.events].filter(([id, action]) => !named.some((row) => row.id === id && row.action === action));
  const uncertain = [...ledger.requests].filter(
    ([id, action]) => byRequest.filter((row) => row.request_id === id && row.action === action).length !== 1,
  );
  return [...missing, ...uncertain].map(([id, action]) => `the log does not tell once of ${action} (${id})`);
}

interface GrantRow {
  readonly id: string;
  readonly generation: number;
  readonly revoked: boolean;
}

/** A grant is never behind what its client was given, nor ahead of it by more than what was under way. */
async function grantsKept(ledger: Ledger, { sql }: Examined): Promise<string[]> {
  const rows = await sql<GrantRow>('SELECT id, generation, revoked_at IS NOT NULL AS revoked FROM authorization_grant');
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ledger.stories.flatMap((story) => {
    const { grant_id } = readHandle(story.consented.code);
    const row = byId.get(grant_id);
    if (!row) return [`the grant ${grant_id} was acknowledged and is gone`];
    const given = Math.max(0, ...story.answers.map(({ access_token }) => readHandle(access_token).generation));
    const most = given + (story.refreshed === 'unknown' || story.exchanged === 'unknown' ? 1 : 0);
    return [
      ...(row.generation < given || row.generation > most
        ? [`${grant_id} is at generation ${row.generation}, not at ${given} to ${most}`]
        : []),
      ...(story.revoked === 'yes' && !row.revoked ? [`${grant_id} was acknowledged as revoked and is not`] : []),
      ...(story.revoked === 'no' && !story.copied && row.revoked ? [`${grant_id} is revoked, and nobody asked for it`] : []),
      ...twice(story, grant_id),
    ];
  });
}

/** Of one generation there is one pair of tokens, however often it was asked for. */
function twice(story: Story, grant_id: string): string[] {
  const generations = story.answers.map(({ access_token }) => readHandle(access_token).generation);
  return new Set(generations).size === generations.length
    ? []
    : [`${grant_id} was given the same generation twice: ${generations.join(', ')}`];
}

async function sessionsKept(ledger: Ledger, { sql }: Examined): Promise<string[]> {
  const [row] = await sql<{ count: number }>('SELECT count(*)::integer AS count FROM ui_session');
  return row!.count < ledger.sessions.length ? [`${ledger.sessions.length} sign-ins were acknowledged, ${row!.count} are there`] : [];
}

async function editsKept(ledger: Ledger, { sql }: Examined): Promise<string[]> {
  const ids = ledger.edits.map(({ client_id }) => client_id);
  const rows = await sql<{ client_id: string; client_name: string }>(
    'SELECT client_id, client_name FROM oauth_client WHERE client_id = ANY ($1)',
    [ids],
  );
  return ledger.edits.flatMap(({ client_id, name, maybe }) => {
    const kept = rows.find((row) => row.client_id === client_id)?.client_name;
    return kept === name || kept === maybe ? [] : [`the client was saved as '${name}' and is '${kept}'`];
  });
}

/** What must hold of any database of this product, whatever happened to it. Each statement finds what should not be. */
const NEVER: Readonly<Record<string, string>> = {
  'an exchanged grant that the log does not know as issued once': `
    SELECT g.id FROM authorization_grant g LEFT JOIN audit_event a ON a.target_id = g.id::text AND a.action = 'token.issued'
     GROUP BY g.id HAVING count(a.id) <> CASE WHEN g.generation > 0 THEN 1 ELSE 0 END`,
  'a revoked grant that the log does not know as revoked once': `
    SELECT g.id FROM authorization_grant g
      LEFT JOIN audit_event a ON a.target_id = g.id::text AND a.action IN ('token.revoked', 'token.reused', 'code.replayed')
     GROUP BY g.id HAVING count(a.id) <> CASE WHEN g.revoked_at IS NULL THEN 0 ELSE 1 END`,
  'a revoked access token that the log does not know once': `
    SELECT r.grant_id AS id FROM revoked_access_token r
      LEFT JOIN audit_event a ON a.target_id = r.grant_id::text || '.' || r.generation AND a.action = 'token.revoked'
     GROUP BY r.grant_id, r.generation HAVING count(a.id) <> 1`,
  'as many consents in the log as grants': `
    SELECT 'different' AS id WHERE (SELECT count(*) FROM audit_event WHERE action = 'consent.given') <> (SELECT count(*) FROM authorization_grant)`,
  'a session that the log does not know as started': `
    SELECT s.id FROM ui_session s LEFT JOIN audit_event a ON a.target_id = s.id::text AND a.action = 'session.started'
     GROUP BY s.id HAVING count(a.id) <> 1`,
};

async function coherent(_ledger: Ledger, { sql }: Examined): Promise<string[]> {
  const found = await Promise.all(Object.entries(NEVER).map(async ([what, text]) => [what, await sql<{ id: string }>(text)] as const));
  return found.flatMap(([what, rows]) => rows.map(({ id }) => `${what}: ${id}`));
}

/** What the newest token of a story says now. */
async function usesOf(endpoint: Endpoint, story: Story): Promise<string[]> {
  const faults: string[] = [];
  const activeOf = async (token: string) => (await introspect(endpoint, story.client, token)).body['active'] as boolean | undefined;
  for (const token of story.revoked_access_tokens)
    if ((await activeOf(token)) !== false) faults.push('an access token that was acknowledged as revoked is not refused');
  const newest = story.answers.at(-1);
  if (!newest || story.revoked === 'unknown') return faults;
  const { access_token, refresh_token } = newest;
  const isLive = await activeOf(refresh_token!);
  const shouldLive = story.revoked === 'no' && story.refreshed === 'no' && !story.copied;
  if (shouldLive && !isLive) faults.push(`the newest refresh token of ${readHandle(access_token).grant_id} is dead`);
  if (story.revoked === 'yes' || story.copied)
    for (const token of [access_token, refresh_token!])
      if ((await activeOf(token)) !== false) faults.push(`a token of ${readHandle(access_token).grant_id} outlives its revocation`);
  if (story.revoked === 'yes') {
    const { status, text } = await refresh(endpoint, story.client, refresh_token!);
    if (status !== 400) faults.push(`a revoked grant was refreshed: ${status} ${text}`);
  }
  return faults;
}

async function sessionOf(browser: Browser, ended: string): Promise<string[]> {
  const { status } = await browser.get('/api/v1/session');
  if (ended === 'yes') return status === 401 ? [] : [`a session that was ended answers ${status}`];
  if (ended === 'no') return status === 200 ? [] : [`a session that was started answers ${status}`];
  return status === 200 || status === 401 ? [] : [`a session answers ${status}`];
}

/** Codes and refresh tokens that were used are copies now: each is refused, and ends what lives of its grant. */
async function copiesRefused(ledger: Ledger, endpoint: Endpoint): Promise<string[]> {
  const live = ledger.stories.filter(({ answers, revoked, copied }) => answers.length > 2 && revoked === 'no' && !copied);
  const faults: string[] = [];
  for (const [n, story] of live.slice(0, COPIES).entries()) {
    const copy =
      n % 2 ? exchange(endpoint, story.client, story.consented) : refresh(endpoint, story.client, story.answers[0]!.refresh_token!);
    const { status } = await copy;
    if (status !== 400) faults.push(`a ${n % 2 ? 'code' : 'refresh token'} was honoured twice: ${status}`);
    story.copied = true;
    faults.push(...(await usesOf(endpoint, story)));
  }
  return faults;
}
