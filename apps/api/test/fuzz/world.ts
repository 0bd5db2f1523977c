import { type Page, type Role, ROLES, type User } from '@behalf/domain';
import { randomUUID } from 'node:crypto';
import type { Api } from '../support/api.js';
import { type Browser, createClient } from '../support/browser.js';
import { type Person, Place } from '../support/place.js';
import type { Pair } from './call.js';

/** What belongs to another organization, and must neither be seen nor changed by anybody whom the fuzzer plays. */
export interface Foreign {
  /** By the marker that stands for it in hostile values. */
  readonly ids: Readonly<Record<string, string>>;
  /** Names that no answer may hold. */
  readonly secrets: readonly string[];
}

/** Where calls are made, and by whom. */
export interface World {
  readonly api: Api;
  readonly acme: Place;
  /** Headers of somebody of each role, of a token of each kind, and of nobody. */
  readonly callers: readonly (readonly Pair[])[];
  readonly foreign: Foreign;
  /** One that a list of users gave out. */
  readonly cursor: string;
  /** A fingerprint of everything that the other organization owns. */
  witness(): Promise<string>;
}

export async function makeWorld(api: Api): Promise<World> {
  const acme = await Place.named(api, 'Acme', 'Production');
  const labs = await Place.named(api, 'Acme Labs', 'Research');
  return {
    api,
    acme,
    callers: await makeCallers(acme),
    foreign: await makeForeign(labs),
    cursor: (await acme.admin.get<Page<User>>('/api/v1/users?limit=1')).body.next_cursor!,
    witness: () => witness(api, labs.organization.id),
  };
}

async function makeCallers(acme: Place): Promise<World['callers']> {
  const people = await Promise.all((Object.keys(ROLES) as Role[]).map((role) => acme.person(role)));
  const { browser } = await acme.person('platform_admin');
  const tokens = [await acme.token(browser), await acme.token(browser, 'read_only'), await acme.token(browser, 'full_access', 'openid')];
  return [
    [],
    ...people.map((person) => [sessionOf(person.browser)]),
    ...tokens.map((token): Pair[] => [['authorization', `Bearer ${token}`]]),
  ];
}

/** A Platform Admin who is signed in: the same one again until something has ended the session. */
export function administratorOf({ acme }: Pick<World, 'acme'>): () => Promise<Person> {
  let known: Person | undefined;
  return async () => {
    if ((await known?.browser.get('/api/v1/session'))?.status !== 200) known = await acme.person('platform_admin');
    return known!;
  };
}

/** The session of a browser, as a header. */
export function sessionOf({ cookies }: Browser): Pair {
  return ['cookie', `bhf_session=${cookies.get('bhf_session')}`];
}

async function makeForeign(labs: Place): Promise<Foreign> {
  const secret = `foreign-${randomUUID()}`;
  const { client_id } = await createClient(labs.admin, { client_name: secret, redirect_uris: [`https://${secret}.test/`] });
  const { user, browser } = await labs.person('standard_user');
  return {
    ids: {
      '~organization_id~': labs.organization.id,
      '~team_id~': labs.team.id,
      '~user_id~': user.id,
      '~client_id~': client_id,
      '~token_id~': await labs.make('token_id', browser),
      '~session_id~': await labs.make('session_id', browser),
    },
    secrets: [secret, user.email],
  };
}

/** Everything of an organization, but for the times of use, which are written seconds later. */
async function witness(api: Api, organization_id: string): Promise<string> {
  const [row] = await api.sql<{ print: string }>(
    `SELECT md5(concat(
       (SELECT string_agg(o::text, '|' ORDER BY id) FROM organization o WHERE id = $1),
       (SELECT string_agg(t::text, '|' ORDER BY id) FROM team t WHERE organization_id = $1),
       (SELECT string_agg((to_jsonb(c) - 'last_used_at')::text, '|' ORDER BY client_id) FROM oauth_client c WHERE organization_id = $1),
       (SELECT string_agg(u::text, '|' ORDER BY id) FROM user_account u WHERE home_organization_id = $1),
       (SELECT string_agg(m::text, '|' ORDER BY m::text) FROM membership m JOIN team t ON t.id = m.team_id WHERE t.organization_id = $1),
       (SELECT string_agg(concat(g.id, g.revoked_at, g.scope), '|' ORDER BY g.id) FROM authorization_grant g
          JOIN oauth_client c ON c.client_id = g.client_id WHERE c.organization_id = $1))) AS print`,
    [organization_id],
  );
  return row!.print;
}
