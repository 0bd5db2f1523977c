import { type Api, startApi } from './support/api.js';
import type { Browser } from './support/browser.js';
import { type Named, neverMade, type Person, Place } from './support/place.js';
import { expectOf, make, namesIn, send, takesTokens, told, type Values, type Via } from './support/route-calls.js';
import { ROUTE_TABLE, type RouteRow } from './support/route-table.js';

let api: Api;
let acme: Place;
let labs: Place;
/** Platform Admin of Acme alone. */
let manager: Person;
/** Has no more than a role without permissions of note in Acme, and none in Acme Labs. */
let viewer: Person;

beforeAll(async () => {
  api = await startApi();
  acme = await Place.named(api, 'Acme', 'Production');
  labs = await Place.named(api, 'Acme Labs', 'Research');
  manager = await acme.person('platform_admin');
  viewer = await acme.person('read_only_user');
}, 60_000);

afterAll(() => api.stop());

const IDS: readonly Named[] = ['client_id', 'organization_id', 'request_id', 'session_id', 'team_id', 'token_id', 'user_id'];
const idsIn = (row: RouteRow) => namesIn(row).filter((name) => IDS.includes(name));
const ROWS = ROUTE_TABLE.filter((row) => idsIn(row).length);

/** What Acme's people could have changed in Acme Labs. */
async function stateOfLabs(): Promise<unknown> {
  return api.sql(
    `SELECT 'client' AS kind, to_jsonb(c) - 'last_used_at' AS row FROM oauth_client c WHERE c.organization_id = $1
     UNION ALL SELECT 'team', to_jsonb(t) FROM team t WHERE t.organization_id = $1
     UNION ALL SELECT 'membership', to_jsonb(m) FROM membership m WHERE m.organization_id = $1
     UNION ALL SELECT 'user', to_jsonb(u) FROM user_account u WHERE u.home_organization_id = $1
     UNION ALL SELECT 'session', to_jsonb(s) - 'last_active_at' FROM ui_session s JOIN user_account u ON u.id = s.user_id WHERE u.home_organization_id = $1
     UNION ALL SELECT 'consent', to_jsonb(k) FROM consent k JOIN oauth_client c USING (client_id) WHERE c.organization_id = $1
     UNION ALL SELECT 'grant', to_jsonb(g) - 'last_used_at' FROM authorization_grant g JOIN oauth_client c USING (client_id) WHERE c.organization_id = $1
     ORDER BY 1, 2`,
    [labs.organization.id],
  );
}

describe('an id of another organization', () => {
  const foreign = new Map<Named, Promise<string>>();
  const foreignId = (name: Named) => {
    const id = foreign.get(name) ?? labs.make(name);
    foreign.set(name, id);
    return id;
  };

  /** Sends a good call with one id of another organization, and with one that never existed; tells the answer, if it is the same. */
  async function difference(row: RouteRow, via: Via, values: Values, name: Named): Promise<string> {
    const answers: string[] = [];
    for (const id of [await foreignId(name), neverMade(name)]) {
      const answer = await send(api, row, via, { ...values, [name]: id });
      answers.push(`${told(answer)}\n${answer.headers.get('content-type')}\n${answer.text.replaceAll(id, ':id')}`);
    }
    return answers[0] === answers[1] ? answers[0]!.split('\n', 1)[0]! : `told apart: ${answers.join('\n')}`;
  }

  async function differences(row: RouteRow, via: Via, caller: Browser, names: readonly Named[]): Promise<string> {
    const values = await make(row, acme, caller);
    const found: string[] = [];
    for (const name of names) found.push(`${name}: ${await difference(row, via, values, name)}`);
    return found.join(', ');
  }

  const notFound = (row: RouteRow, names: readonly Named[]) =>
    names.map((name) => `${name}: ${row.unknown?.[name] ?? '404 not-found'}`).join(', ');

  it('is one that never existed, to whoever may do everything at home, on every route (AD-01)', async () => {
    for (const name of IDS) await foreignId(name);
    const before = await stateOfLabs();
    await expectOf(
      ROWS,
      (row) => differences(row, manager.browser, manager.browser, idsIn(row)),
      (row) => notFound(row, idsIn(row)),
    );
    expect(await stateOfLabs()).toEqual(before);
  }, 60_000);

  it('is one that never existed, to a token of such a user', async () => {
    const token = await acme.token(manager.browser);
    const before = await stateOfLabs();
    await expectOf(
      ROWS.filter(({ who }) => takesTokens(who)),
      (row) => differences(row, token, manager.browser, idsIn(row)),
      (row) => notFound(row, idsIn(row)),
    );
    expect(await stateOfLabs()).toEqual(before);
  }, 60_000);

  it('is one that never existed even to whoever may do everything there too, while acting here', async () => {
    // Teams, and users named for one, go by the team's organization instead; restrictions by the administrator's reach.
    const judgedHere = (row: RouteRow) => {
      const here = typeof row.who !== 'object' || row.who.of !== 'named';
      return here ? idsIn(row).filter((name) => name !== 'team_id' && name !== 'organization_id') : [];
    };
    const token = await acme.token(acme.admin);
    const before = await stateOfLabs();
    const rows = ROWS.filter((row) => judgedHere(row).length);
    for (const via of [acme.admin, token])
      await expectOf(
        via === token ? rows.filter(({ who }) => takesTokens(who)) : rows,
        (row) => differences(row, via, acme.admin, judgedHere(row)),
        (row) => notFound(row, judgedHere(row)),
      );
    expect(await stateOfLabs()).toEqual(before);
  }, 60_000);

  it('is not told from one that never existed by whoever lacks the permission either', async () => {
    await expectOf(
      ROWS,
      async (row) => String((await differences(row, viewer.browser, viewer.browser, idsIn(row))).includes('told apart')),
      () => 'false',
    );
  }, 60_000);
});
