import { startApi } from '../support/api.js';
import { refresh, revoke, userinfo } from '../support/browser.js';
import { ALIVE, DEAD, Held, type Lane, Two, type Uses } from './lane.js';

const ROUNDS = 100;
/** So many others use the same process all the while. */
const BACKGROUND = 2;

/** One way of taking an authorization away, what is left of it after, and how the next round begins. */
interface CutOff {
  readonly cut: (lane: Lane, held: Held) => Promise<{ status: number }>;
  readonly left: Uses;
  /** Undoes what would outlast the round. */
  readonly restore?: (lane: Lane) => Promise<unknown>;
  /** The grant itself outlives the cut, and is used on after it was restored. */
  readonly survives?: true;
  readonly teams?: number;
}

const READ_ONLY: Uses = { ...ALIVE, introspect: 'active read', write: '403 insufficient-scope', refresh: '200 read' };
const REFUSED = '403 permission-required';
const group = (lane: Lane, show: string) => `/api/v1/connected-apps/${lane.client.client_id}/tokens?show=${show}`;

const CUT_OFFS: Readonly<Record<string, CutOff>> = {
  'revoking the row': {
    cut: async ({ browser }, held) => browser.send('DELETE', `/api/v1/tokens/${await held.token_id()}`),
    left: DEAD,
  },
  'revoking the group of mine': { cut: (lane) => lane.browser.send('DELETE', group(lane, 'mine')), left: DEAD },
  'revoking the group of everyone': { cut: (lane) => lane.two.admin.send('DELETE', group(lane, 'organization')), left: DEAD },
  '/oauth2/revoke of the access token': {
    cut: ({ two, client }, { tokens }) => revoke(two.here, client, tokens.access_token),
    left: { ...DEAD, refresh: ALIVE.refresh },
  },
  '/oauth2/revoke of the refresh token': {
    cut: ({ two, client }, { tokens }) => revoke(two.here, client, tokens.refresh_token!),
    left: DEAD,
  },
  'pausing the client': {
    cut: (lane) => lane.setStatus('disabled'),
    left: { ...DEAD, refresh: '401 invalid_client' },
    restore: (lane) => lane.setStatus('enabled'),
  },
  'deleting the client': {
    cut: (lane) => lane.delete(),
    left: { ...DEAD, refresh: '401 invalid_client' },
    restore: (lane) => lane.renew(),
  },
  'lowering the role': {
    cut: (lane) => lane.join(lane.teams[0], 'standard_user'),
    left: { ...ALIVE, read: REFUSED, write: REFUSED },
    restore: (lane) => lane.join(lane.teams[0], 'platform_admin'),
    survives: true,
  },
  'removing the member': {
    cut: (lane) => lane.leave(lane.teams[0]),
    left: DEAD,
    restore: (lane) => lane.join(lane.teams[0], 'platform_admin'),
    survives: true,
  },
  'disabling the user': {
    cut: (lane) => lane.setUser('disabled'),
    left: DEAD,
    restore: async (lane) => {
      await lane.setUser('active');
      await lane.browser.signIn(lane.user.email);
    },
  },
  'lowering the preset': {
    cut: (lane) => lane.edit({ access_preset: 'read_only' }),
    left: READ_ONLY,
    restore: (lane) => lane.edit({ access_preset: 'full_access' }),
    survives: true,
  },
  'narrowing the restrictions': {
    cut: (lane) => lane.edit({ team_restrictions: { team_ids: [lane.teams[1].id], organization_ids: [] } }),
    left: DEAD,
    restore: (lane) => lane.edit({ team_restrictions: { team_ids: [], organization_ids: [] } }),
    survives: true,
  },
  'switching refresh off': {
    cut: (lane) => lane.edit({ issue_refresh_token: false }),
    left: { ...ALIVE, refresh: '400 invalid_grant' },
    restore: (lane) => lane.edit({ issue_refresh_token: true }),
  },
  'narrowing the grant': {
    cut: async ({ browser, teams }, held) =>
      browser.send('PATCH', `/api/v1/tokens/${await held.token_id()}`, { team_ids: [teams[1].id], scope: 'read' }),
    left: { ...READ_ONLY, write: '404 not-found' },
    teams: 2,
  },
};

let two: Two;

beforeAll(async () => {
  two = await Two.start(await startApi());
});

afterAll(() => two.here.stop());

/** Uses and renews an authorization of somebody else on the other process until it is told to stop, so that batches are always in flight. */
async function keepBusy(lane: Lane, stop: AbortSignal): Promise<string[]> {
  const held = await lane.grant();
  const answers = new Set<string>();
  while (!stop.aborted) {
    const [info, renewed] = await Promise.all([
      userinfo(two.there, held.tokens.access_token),
      refresh(two.there, lane.client, held.tokens.refresh_token!),
    ]);
    if (renewed.status === 200) held.tokens = renewed.body;
    answers.add(`${info.status} ${renewed.status}`);
  }
  return [...answers];
}

/** Cuts off what is being used at the very moment, and uses it again as soon as the cut was acknowledged, with earlier uses still under way. */
async function cutWhileHot(lane: Lane, held: Held, cut: CutOff['cut']): Promise<Uses> {
  const acknowledged = new AbortController();
  const using = async (use: () => Promise<unknown>) => {
    while (!acknowledged.signal.aborted) await use();
  };
  const hot = [using(() => held.introspection()), using(() => held.userinfo())];
  const { status } = await cut(lane, held);
  acknowledged.abort();
  const after = await held.uses();
  await Promise.all(hot);
  if (status >= 300) throw new Error(`the cut answered ${status}`);
  return after;
}

/** @returns every answer that did not obey */
async function rounds(lane: Lane, { cut, left, restore, survives, teams }: CutOff): Promise<string[]> {
  const late: string[] = [];
  let held: Held | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    if (!held || !survives) held = await lane.grant(teams);
    // Now and then the uses are good until the cut, so that what is refused after it was taken away by it.
    if (round % 10 === 0) expect(await held.uses()).toEqual(ALIVE);
    const after = await cutWhileHot(lane, held, cut);
    for (const [kind, answer] of Object.entries(after))
      if (answer !== left[kind as keyof Uses]) late.push(`round ${round}: ${kind} answered ${answer}`);
    await restore?.(lane);
  }
  return late;
}

it(`no use that follows a cut-off on another process is late, in ${ROUNDS} rounds of each, under load (LV-13, RV-07)`, async () => {
  const stop = new AbortController();
  const busy = [];
  for (let n = 0; n < BACKGROUND; n += 1) busy.push(keepBusy(await two.lane(), stop.signal));
  const lanes = await Promise.all(Object.entries(CUT_OFFS).map(async ([name, way]) => [name, way, await two.lane()] as const));
  const late = await Promise.all(lanes.map(async ([name, way, lane]) => [name, await rounds(lane, way)] as const));
  stop.abort();
  expect(Object.fromEntries(late)).toEqual(Object.fromEntries(lanes.map(([name]) => [name, []])));
  // What nobody touched was never refused.
  expect((await Promise.all(busy)).flat()).toEqual(busy.map(() => '200 200'));
}, 600_000);

it('a use that arrives while the same token is being read is answered by a later read, never by that one (LV-13)', async () => {
  const lane = await two.lane();
  const held = await lane.grant();
  const token_id = await held.token_id();
  // From here on a read of memberships, and so of any token, takes a while after the moment that it shows.
  await two.here.sql('ALTER TABLE membership ENABLE ROW LEVEL SECURITY');
  await two.here.sql('CREATE POLICY slow ON membership TO behalf_app USING ((SELECT true FROM pg_sleep(1)))');
  try {
    const earlier = Promise.all([held.introspection(), held.userinfo()]);
    while ((await two.here.sql(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length < 2);
    await two.here.sql('UPDATE authorization_grant SET revoked_at = clock_timestamp() WHERE id = $1', [token_id]);
    expect(await new Held(lane, held.tokens).uses()).toEqual(DEAD);
    const [seen, info] = await earlier;
    expect([seen.body['active'], info.status]).toEqual([true, 200]);
  } finally {
    await two.here.sql('DROP POLICY slow ON membership');
    await two.here.sql('ALTER TABLE membership DISABLE ROW LEVEL SECURITY');
  }
});
