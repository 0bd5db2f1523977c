import type { AuditEvent, Page, TokenRow } from '@behalf/domain';
import { startApi } from '../support/api.js';
import { browserOf, consent, exchange, userinfo } from '../support/browser.js';
import { LABS, VIEWER } from '../support/constants.js';
import { authorize, decide, pending } from './authorization.js';
import { ALIVE, DEAD, Held, Two } from './lane.js';

/** Everything here is changed on one process and used on the other, in the very next request of every kind. */
let two: Two;

beforeAll(async () => {
  two = await Two.start(await startApi());
});

afterAll(() => two.here.stop());

const ids = (teams: unknown) => (teams as { id: string }[]).map(({ id }) => id).toSorted();

describe('the role', () => {
  it('lowered takes the write and the read away that it no longer allows, raised gives them back (LV-01)', async () => {
    const lane = await two.lane();
    const [team] = lane.teams;
    const held = await lane.grant();
    expect(await held.uses()).toEqual(ALIVE);
    await lane.join(team, 'security_user');
    expect(await held.uses()).toEqual({ ...ALIVE, write: '403 permission-required' });
    // More scope would not help, so none is asked for.
    expect((await held.call('PATCH', `/teams/${team.id}`, { name: team.name })).headers.get('www-authenticate')).toBeNull();
    expect((await held.introspection()).body['team_roles']).toEqual({ [team.id]: 'security_user' });
    await lane.join(team, 'standard_user');
    expect(await held.uses()).toEqual({ ...ALIVE, read: '403 permission-required', write: '403 permission-required' });
    await lane.join(team, 'platform_admin');
    expect(await held.uses()).toEqual(ALIVE);
  });

  it('raised lifts no token above its scope: a read-only one never writes, even for an administrator (LV-01)', async () => {
    const lane = await two.lane({ access_preset: 'read_only' });
    const [team] = lane.teams;
    await lane.join(team, 'read_only_user');
    const held = await lane.grant();
    const reading = { ...ALIVE, introspect: 'active read', refresh: '200 read' };
    expect(await held.uses()).toEqual({ ...reading, read: '403 permission-required', write: '403 permission-required' });
    await lane.join(team, 'platform_admin');
    expect(await held.uses()).toEqual({ ...reading, write: '403 insufficient-scope' });
    const refused = await held.call('POST', '/oauth-clients', { client_name: 'x', redirect_uris: ['https://a.test'] });
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="write"');
  });

  it('in a team that the token was not granted for changes nothing for it (LV-01)', async () => {
    const lane = await two.lane();
    const [team, other] = lane.teams;
    await lane.join(team, 'read_only_user');
    const held = await lane.grant();
    expect((await held.call('GET', `/teams/${other.id}`)).status).toBe(404);
    expect(await held.uses()).toEqual({ ...ALIVE, read: '403 permission-required', write: '403 permission-required' });
  });
});

describe('the membership', () => {
  it('lost in one team leaves the other, lost in both leaves nothing, and given back gives the grant back (LV-02)', async () => {
    const lane = await two.lane();
    const [first, second] = lane.teams;
    const held = await lane.grant(2);
    expect(await held.uses()).toEqual(ALIVE);
    await lane.leave(first);
    expect(await held.uses()).toEqual({ ...ALIVE, write: '404 not-found' });
    expect((await held.call('GET', `/teams/${first.id}/members`)).status).toBe(404);
    expect((await held.call('PATCH', `/teams/${second.id}`, { name: second.name })).status).toBe(200);
    expect((await held.introspection()).body['authorized_team_ids']).toEqual([second.id]);
    const { body } = await held.userinfo();
    expect([ids(body['authorized_teams']), ids(body['teams'])]).toEqual([[second.id], [second.id]]);
    await lane.leave(second);
    expect(await held.uses()).toEqual(DEAD);
    for (const team of lane.teams) await lane.join(team, 'platform_admin');
    expect(await held.uses()).toEqual(ALIVE);
  });

  it('gained later is seen, and is in no token that was granted before (LV-03)', async () => {
    const lane = await two.lane();
    const held = await lane.grant(2);
    const third = await two.team();
    await lane.join(third, 'platform_admin');
    const { body } = await held.userinfo();
    expect(ids(body['teams'])).toEqual(ids([...lane.teams, third]));
    expect(ids(body['authorized_teams'])).toEqual(ids(lane.teams));
    expect(ids((await held.call<Page<{ id: string }>>('GET', '/teams')).body.items)).toEqual(ids(lane.teams));
    for (const [method, path, sent] of [
      ['GET', `/teams/${third.id}`, undefined],
      ['PATCH', `/teams/${third.id}`, { name: third.name }],
      ['DELETE', `/teams/${third.id}/members/${lane.user.id}`, undefined],
    ] as const)
      expect([method, (await held.call(method, path, sent)).status]).toEqual([method, 404]);
    expect(await held.uses()).toEqual(ALIVE);
    expect(ids((await held.userinfo()).body['authorized_teams'])).toEqual(ids(lane.teams));
  });
});

it('a disabled user loses tokens, codes, open pages and browser sessions, and enabling brings none of them back (LV-04)', async () => {
  const lane = await two.lane();
  const held = await lane.grant();
  const code = await consent(lane.browser, lane.client);
  const page = await pending(lane.browser, lane.client);
  for (const status of ['disabled', 'active'] as const) {
    expect((await lane.setUser(status)).status).toBe(200);
    expect(await held.uses()).toEqual(DEAD);
    expect((await exchange(two.there, lane.client, code)).body.error).toBe('invalid_grant');
    expect((await lane.browser.get(`${two.there.issuer}/api/v1/session`)).status).toBe(401);
    expect((await decide(lane.browser, page.request_id, [lane.teams[0].id])).status).toBe(401);
  }
  await lane.browser.signIn(lane.user.email);
  // The consent is forgotten with it: the page is shown again.
  expect((await authorize(lane.browser, lane.client)).headers.get('location')).toContain('/consent?');
  expect(await (await lane.grant()).uses()).toEqual(ALIVE);
});

describe('Active Sessions', () => {
  it('ends one row with all its tokens, and the integration goes through the flow again (LV-10)', async () => {
    const lane = await two.lane();
    const [held, other] = [await lane.grant(), await lane.grant()];
    const earlier = new Held(lane, held.tokens);
    expect(await held.uses()).toEqual(ALIVE);
    expect((await lane.browser.send('DELETE', `/api/v1/tokens/${await held.token_id()}`)).status).toBe(204);
    // The access token of the generation before too.
    for (const tokens of [held, earlier]) expect(await tokens.uses()).toEqual(DEAD);
    expect(await other.uses()).toEqual(ALIVE);
    expect((await consent(lane.browser, lane.client)).request_id).toBeNull();
  });

  it.each(['mine', 'organization'])('ends the group of %s with codes that are open, and forgets the consent (LV-10)', async (show) => {
    const lane = await two.lane();
    const [held, other] = [await lane.grant(), await lane.grant(2, { prompt: 'consent' })];
    const code = await consent(lane.browser, lane.client);
    const by = show === 'mine' ? lane.browser : two.admin;
    const path = `/api/v1/connected-apps/${lane.client.client_id}/tokens?show=${show}`;
    expect((await by.send('DELETE', path)).body).toEqual({ revoked: 2 });
    for (const each of [held, other]) expect(await each.uses()).toEqual(DEAD);
    expect((await exchange(two.there, lane.client, code)).body.error).toBe('invalid_grant');
    expect((await authorize(lane.browser, lane.client)).headers.get('location')).toContain('/consent?');
    expect((await by.send('DELETE', path)).body).toEqual({ revoked: 0 });
  });

  it('shows and ends nobody else’s rows, and a Token ID is no token (LV-12)', async () => {
    const lane = await two.lane();
    const held = await lane.grant();
    const token_id = await held.token_id();
    const path = `/api/v1/connected-apps/${lane.client.client_id}/tokens`;
    const [viewer, stranger] = [await browserOf(two.there, VIEWER), await browserOf(two.there, LABS)];
    for (const browser of [viewer, stranger]) {
      expect((await browser.get<Page<TokenRow>>(path)).body.items).toEqual([]);
      expect((await browser.get<Page<unknown>>('/api/v1/connected-apps')).body.items).toEqual([]);
      expect((await browser.send('DELETE', `${path}?show=mine`)).body).toEqual({ revoked: 0 });
    }
    for (const method of ['DELETE', 'PATCH'] as const) {
      expect((await stranger.send(method, `/api/v1/tokens/${token_id}`)).status).toBe(404);
      const refused = await viewer.send(method, `/api/v1/tokens/${token_id}`);
      expect([refused.status, refused.body['permission']]).toEqual([403, 'SESSION_MANAGE']);
    }
    expect((await userinfo(two.there, token_id)).status).toBe(401);
    expect(await new Held(lane, { ...held.tokens, access_token: token_id, refresh_token: token_id }).uses()).toEqual(DEAD);
    expect(await held.uses()).toEqual(ALIVE);
  });
});

it('whatever a token does is in the audit log under its user with the client; what the browser does has none (LV-11)', async () => {
  const lane = await two.lane();
  const held = await lane.grant();
  const [team] = lane.teams;
  const name = 'renamed by a token';
  await held.call('PATCH', `/teams/${team.id}`, { name });
  await held.call('GET', `/teams/${team.id}`);
  await held.call('PATCH', `/teams/${team.id}`, { nope: 1 });
  await held.call('GET', '/session');
  await lane.browser.send('PATCH', `/api/v1/teams/${team.id}`, { name: 'renamed in the browser' });
  const token_id = await held.token_id();
  // A read is gathered first and dated back, so the order of what came within milliseconds is not the point.
  const logged = async () => {
    const { items } = (await two.admin.get<Page<AuditEvent>>(`/api/v1/audit-events?user_id=${lane.user.id}`)).body;
    return items
      .filter(({ action }) => ['team.updated', 'api.read', 'access.denied'].includes(action))
      .map((event) => [event.action, event.user?.email, event.channel, event.client_id, event.client_name, event.token_id].join(' '))
      .toSorted();
  };
  const deadline = Date.now() + 6_000;
  while ((await logged()).length < 4 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 250));
  const by = `${lane.user.email} oauth ${lane.client.client_id} ${lane.client.client_name} ${token_id}`;
  expect(await logged()).toEqual([`access.denied ${by}`, `api.read ${by}`, `team.updated ${by}`, `team.updated ${lane.user.email} ui   `]);
}, 20_000);
