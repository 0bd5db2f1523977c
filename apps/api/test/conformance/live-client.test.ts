import type { AuditEvent, ClientSettings, Page, RotatedSecret, TokenRow } from '@behalf/domain';
import { startApi } from '../support/api.js';
import { consent, exchange, introspect, obtainTokens } from '../support/browser.js';
import { authorize, decide, expectPage, pending } from './authorization.js';
import { ALIVE, DEAD, Held, type Lane, Two } from './lane.js';

/** The client is changed on one process, and its tokens are used on the other, in the very next request of every kind. */
let two: Two;

beforeAll(async () => {
  two = await Two.start(await startApi());
});

afterEach(() => two.here.resetClock());
afterAll(() => two.here.stop());

const HOUR = 3600;

/** The same browser, at the other process. */
const authorizeThere = ({ browser, client }: Lane) =>
  authorize({ get: (path: string) => browser.get(two.there.issuer + path) } as Lane['browser'], client);

describe('a paused client', () => {
  it('gets no tokens and loses all it has at once; resumed, it works again and its old tokens do not (LV-05, CD-09)', async () => {
    const lane = await two.lane();
    const [held, other] = [await lane.grant(), await lane.grant(2, { prompt: 'consent' })];
    const code = await consent(lane.browser, lane.client);
    const page = await pending(lane.browser, lane.client);
    expect((await lane.setStatus('disabled')).status).toBe(200);
    for (const each of [held, other]) expect(await each.uses()).toEqual({ ...DEAD, refresh: '401 invalid_client' });
    expectPage(await authorizeThere(lane));
    expect((await exchange(two.there, lane.client, code)).status).toBe(401);
    expect((await introspect(two.there, lane.client, held.tokens.access_token)).status).toBe(401);
    expect((await decide(lane.browser, page.request_id, [lane.teams[0].id])).status).toBe(410);
    expect((await lane.setStatus('enabled')).status).toBe(200);
    for (const each of [held, other]) expect(await each.uses()).toEqual(DEAD);
    expect((await exchange(two.there, lane.client, code)).body.error).toBe('invalid_grant');
    expect((await decide(lane.browser, page.request_id, [lane.teams[0].id])).status).toBe(410);
    expect(await (await lane.grant()).uses()).toEqual(ALIVE);
  });
});

describe('a deleted client', () => {
  it('is gone for good with all its tokens, codes and pages, and the audit log keeps its id and name (LV-06)', async () => {
    const lane = await two.lane({ client_name: 'to be deleted' });
    const held = await lane.grant();
    const code = await consent(lane.browser, lane.client);
    const page = await pending(lane.browser, lane.client);
    expect((await lane.delete()).status).toBe(204);
    expect(await held.uses()).toEqual({ ...DEAD, refresh: '401 invalid_client' });
    expectPage(await authorizeThere(lane));
    expect((await exchange(two.there, lane.client, code)).status).toBe(401);
    expect((await decide(lane.browser, page.request_id, [lane.teams[0].id])).status).toBe(410);
    expect((await lane.browser.get<Page<unknown>>(`${two.there.issuer}/api/v1/connected-apps`)).body.items).toEqual([]);
    expect((await lane.delete()).status).toBe(404);
    for (const filter of ['target_id', 'client_id']) {
      const { body } = await two.admin.get<Page<AuditEvent>>(`/api/v1/audit-events?${filter}=${lane.client.client_id}`);
      const names = body.items.map((event) => (filter === 'target_id' ? event.target_name : event.client_name));
      expect([filter, ...new Set(names)]).toEqual([filter, 'to be deleted']);
    }
  });
});

describe('a rotated secret', () => {
  const rotate = async ({ client }: Lane, seconds: number) => {
    const body = { confirm_name: client.client_name, previous_secret_lifetime_seconds: seconds };
    return (await two.admin.post<RotatedSecret>(`/api/v1/oauth-clients/${client.client_id}/rotate-secret`, body)).body;
  };

  it('works at once beside the previous one, which stops at the shown second; tokens live on (LV-07)', async () => {
    const lane = await two.lane({ refresh_token_lifetime_seconds: 24 * HOUR });
    const held = await lane.grant();
    const proof = async (client_secret: string) => (await introspect(two.there, { ...lane.client, client_secret }, 'x')).status;
    const old = lane.client.client_secret!;
    const { client_secret, previous_secret_expires_at } = await rotate(lane, HOUR / 2);
    expect([await proof(client_secret), await proof(old)]).toEqual([200, 200]);
    expect(await held.uses()).toEqual(ALIVE);
    await two.here.advance((new Date(previous_secret_expires_at!).getTime() - Date.now()) / 1000 - 2);
    expect([await proof(client_secret), await proof(old)]).toEqual([200, 200]);
    await two.here.advance(2.1);
    expect([await proof(client_secret), await proof(old)]).toEqual([200, 401]);
    lane.client = { ...lane.client, client_secret };
    expect(await held.uses()).toEqual(ALIVE);
  });

  it('with a window of 0 ends the previous one in the next request; tokens live on (LV-07)', async () => {
    const lane = await two.lane();
    const held = await lane.grant();
    const { client_secret, previous_secret_expires_at } = await rotate(lane, 0);
    expect(previous_secret_expires_at).toBeNull();
    expect(await held.uses()).toEqual({ ...ALIVE, refresh: '401 invalid_client' });
    lane.client = { ...lane.client, client_secret };
    expect(await held.uses()).toEqual(ALIVE);
  });
});

describe('an edit', () => {
  it('of the preset narrows at once; widened again, each token is what was consented to and no more (LV-08)', async () => {
    const lane = await two.lane();
    const full = await lane.grant();
    const reading = { ...ALIVE, introspect: 'active read', write: '403 insufficient-scope', refresh: '200 read' };
    await lane.edit({ access_preset: 'read_only' });
    expect(await full.uses()).toEqual(reading);
    const narrow = await lane.grant();
    expect(await narrow.uses()).toEqual(reading);
    await lane.edit({ access_preset: 'full_access' });
    expect(await full.uses()).toEqual(ALIVE);
    expect(await narrow.uses()).toEqual(reading);
  });

  it('of the restrictions narrows at once; an empty rest is inactive and not destroyed; widened adds nothing (LV-09)', async () => {
    const lane = await two.lane();
    const [first, second] = lane.teams;
    const [both, one] = [await lane.grant(2), await lane.grant(1, { prompt: 'consent' })];
    await lane.edit({ team_restrictions: { team_ids: [second.id], organization_ids: [] } });
    expect(await both.uses()).toEqual({ ...ALIVE, write: '404 not-found' });
    expect((await both.call('GET', `/teams/${second.id}`)).status).toBe(200);
    expect((await both.introspection()).body['authorized_team_ids']).toEqual([second.id]);
    expect(await one.uses()).toEqual(DEAD);
    const rows = await lane.browser.get<Page<TokenRow>>(`/api/v1/connected-apps/${lane.client.client_id}/tokens`);
    expect(rows.body.items.map(({ status }) => status).toSorted()).toEqual(['active', 'suspended']);
    await lane.edit({ team_restrictions: { team_ids: [], organization_ids: [] } });
    for (const each of [both, one]) expect(await each.uses()).toEqual(ALIVE);
    expect((await one.introspection()).body['authorized_team_ids']).toEqual([first.id]);
  });

  it('to a whole organization covers teams that it gets later, for new consents (LV-09)', async () => {
    const lane = await two.lane();
    await lane.edit({ team_restrictions: { team_ids: [], organization_ids: [two.organization.id] } });
    const held = await lane.grant();
    const later = await two.team();
    await lane.join(later, 'platform_admin');
    expect((await held.call('GET', `/teams/${later.id}`)).status).toBe(404);
    const { details } = await pending(lane.browser, lane.client);
    expect(details.selectable_teams.map(({ id }) => id).toSorted()).toEqual([...lane.teams, later].map(({ id }) => id).toSorted());
    const tokens = await obtainTokens(two.there, lane.browser, lane.client, { teams: [later.name], parameters: { prompt: 'consent' } });
    expect((await introspect(two.there, two.resourceServer, tokens.access_token)).body['authorized_team_ids']).toEqual([later.id]);
  });

  it('from Multiple to Single ends the grants of more than one team for good, and no other', async () => {
    const lane = await two.lane();
    const [both, one] = [await lane.grant(2), await lane.grant(1, { prompt: 'consent' })];
    for (const team_selection of ['single', 'multiple'] as const) {
      await lane.edit({ team_selection });
      expect([team_selection, await both.uses()]).toEqual([team_selection, DEAD]);
      expect([team_selection, await one.uses()]).toEqual([team_selection, ALIVE]);
    }
  });

  it('that switches refresh off ends refresh tokens for good; access tokens run out by themselves', async () => {
    const lane = await two.lane();
    const held = await lane.grant();
    for (const issue_refresh_token of [false, true]) {
      await lane.edit({ issue_refresh_token });
      expect(await held.uses()).toEqual({ ...ALIVE, refresh: '400 invalid_grant' });
    }
    await two.here.advance(HOUR + 1);
    expect(await held.uses()).toEqual(DEAD);
  });

  it.each<[keyof ClientSettings, number, object]>([
    ['access_token_lifetime_seconds', 1, { ...DEAD, refresh: '200 read write' }],
    ['refresh_token_lifetime_seconds', HOUR, DEAD],
  ])('that shortens %s acts on what was issued, and lengthened again gives back at most what it had', async (setting, short, left) => {
    const lane = await two.lane({ access_token_lifetime_seconds: HOUR, refresh_token_lifetime_seconds: 2 * HOUR });
    const held = await lane.grant();
    const first = new Held(lane, held.tokens);
    await lane.edit({ [setting]: short });
    await two.here.advance(short + 2);
    expect(await held.uses()).toEqual(left);
    await lane.edit({ [setting]: 4 * HOUR, refresh_token_lifetime_seconds: 4 * HOUR });
    // Back to where the first access token would still live, had nothing been shortened.
    await two.here.advance(-5);
    const { body } = await first.introspection();
    expect((body['exp'] as number) - (body['iat'] as number)).toBe(HOUR);
    expect((await held.uses()).refresh).toBe('200 read write');
    await two.here.advance(2 * HOUR + 5);
    expect((await held.uses()).refresh).toBe('400 invalid_grant');
  });

  it('that removes a redirect URI fails codes and open pages for it, and leaves live tokens alone', async () => {
    const redirect_uris = ['https://app.test/callback', 'https://other.test/callback'];
    const lane = await two.lane({ redirect_uris });
    const held = await lane.grant();
    const code = await consent(lane.browser, lane.client);
    const page = await pending(lane.browser, lane.client);
    await lane.edit({ redirect_uris: redirect_uris.slice(1) });
    expect((await exchange(two.there, lane.client, code)).body.error).toBe('invalid_grant');
    expect((await decide(lane.browser, page.request_id, [lane.teams[0].id])).status).toBe(410);
    expect(await held.uses()).toEqual(ALIVE);
    await lane.edit({ redirect_uris, also_revoke_tokens: true });
    expect(await held.uses()).toEqual(DEAD);
  });
});
