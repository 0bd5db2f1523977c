import type { InvitedUser, Organization, Page, Role, Team, UiSession, User } from '@behalf/domain';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Api } from './api.js';
import {
  authorizeQuery,
  Browser,
  browserOf,
  createClient,
  credentials,
  form,
  introspect,
  newPkce,
  obtainTokens,
  type TestClient,
} from './browser.js';
import { ADMIN, PASSWORD } from './constants.js';

/** Somebody who has one role in one team, and no other. */
export interface Person {
  readonly user: User;
  readonly browser: Browser;
}

/** The ids that addresses and bodies name, and other values that must be new each time. */
export type Named =
  | 'client_id'
  | 'email'
  | 'invitation'
  | 'name'
  | 'organization_id'
  | 'request_id'
  | 'session_id'
  | 'team_id'
  | 'team_name'
  | 'token_id'
  | 'user_code'
  | 'user_id';

/** One organization with a team in it, in which tests make people and things. */
export class Place {
  readonly #clients = new Map<string, Promise<TestClient>>();
  #member: Promise<Person> | undefined;

  private constructor(
    readonly api: Api,
    /** Platform Admin here; of the demo people, so at home in Acme and with a role in Acme Labs too. */
    readonly admin: Browser,
    readonly organization: Organization,
    readonly team: Team,
  ) {}

  static async named(api: Api, organization_name: string, team_name: string): Promise<Place> {
    const admin = await browserOf(api, ADMIN);
    const { items } = (await admin.get<Page<Organization>>('/api/v1/organizations')).body;
    const organization = items.find(({ name }) => name === organization_name)!;
    await admin.send('PUT', '/api/v1/session/organization', { organization_id: organization.id });
    const teams = await admin.get<Page<Team>>(`/api/v1/teams?organization_id=${organization.id}`);
    return new Place(
      api,
      admin,
      organization,
      teams.body.items.find(({ name }) => name === team_name)!,
    );
  }

  /** A new user who is at home here. */
  async person(role: Role): Promise<Person> {
    const { user, invitation_url } = await this.#invite(role);
    const browser = new Browser(this.api);
    const token = invitation_url.split('#')[1]!;
    const accepted = await browser.post('/api/v1/invitations/accept', { token, password: PASSWORD });
    if (accepted.status !== 201) throw new Error(`accepting answered ${accepted.status} ${accepted.text}`);
    return { user, browser };
  }

  /** An access token of a client of this organization, for its team. */
  async token(browser: Browser, access_preset: 'read_only' | 'full_access' = 'full_access', scope?: string): Promise<string> {
    const parameters = { scope, prompt: 'consent' };
    const tokens = await obtainTokens(this.api, browser, await this.#client(access_preset), { teams: [this.team.name], parameters });
    return tokens.access_token;
  }

  /** What was made here, and belongs to `owner` where it is anybody's: else to some member. */
  async make(what: Named, owner?: Browser): Promise<string> {
    switch (what) {
      case 'organization_id':
        return this.organization.id;
      case 'team_id':
        return this.team.id;
      case 'team_name':
        return this.team.name;
      case 'user_id':
        return owner ? idOf(owner) : (await this.#invite('read_only_user')).user.id;
      case 'invitation':
        return (await this.#invite('read_only_user')).invitation_url.split('#')[1]!;
      case 'email':
        return newEmail();
      case 'user_code':
        return this.#userCode();
      case 'name':
        return `n-${randomUUID()}`;
      default:
        return this.#owned(what, owner ?? (await this.#someMember()).browser);
    }
  }

  async #owned(what: 'client_id' | 'request_id' | 'session_id' | 'token_id', owner: Browser): Promise<string> {
    if (what === 'session_id') return this.#session(owner);
    const client = await createClient(this.admin, { client_name: 'target', access_preset: 'full_access' });
    if (what === 'request_id') {
      const answer = await owner.get(`/oauth2/authorize?${authorizeQuery(client, newPkce())}`);
      const id = new URL(answer.headers.get('location')!, this.api.issuer).searchParams.get('request_id')!;
      await owner.get(`/api/v1/authorization-requests/${id}`);
      return id;
    }
    await this.admin.post(`/api/v1/oauth-clients/${client.client_id}/rotate-secret`, { confirm_name: 'target' });
    const { access_token } = await obtainTokens(this.api, owner, client, { teams: [this.team.name] });
    if (what === 'client_id') return client.client_id;
    return (await introspect(this.api, client, access_token)).body['token_id'] as string;
  }

  /** What a device shows that has just begun to wait. */
  async #userCode(): Promise<string> {
    const client = await createClient(this.admin, { client_name: 'device', device_authorization: true });
    const begun = await form<{ user_code: string }>(this.api, '/oauth2/device_authorization', credentials(client));
    return begun.body.user_code;
  }

  /** A second session of whoever owns the browser. */
  async #session(owner: Browser): Promise<string> {
    const { user } = (await owner.get<{ user: User }>('/api/v1/session')).body;
    const elsewhere = await browserOf(this.api, user.email);
    const { items } = (await elsewhere.get<Page<UiSession>>('/api/v1/ui-sessions')).body;
    return items.find(({ current }) => current)!.session_id;
  }

  async #invite(role: Role): Promise<InvitedUser> {
    const memberships = [{ team_id: this.team.id, role }];
    const answer = await this.admin.post<InvitedUser>('/api/v1/users', { email: newEmail(), name: 'Somebody', memberships });
    if (answer.status !== 201) throw new Error(`inviting answered ${answer.status} ${answer.text}`);
    return answer.body;
  }

  #someMember(): Promise<Person> {
    return (this.#member ??= this.person('standard_user'));
  }

  #client(access_preset: 'read_only' | 'full_access'): Promise<TestClient> {
    const known = this.#clients.get(access_preset) ?? createClient(this.admin, { client_name: access_preset, access_preset });
    this.#clients.set(access_preset, known);
    return known;
  }
}

/** What was never made anywhere, in the form of what was. */
export function neverMade(what: Named): string {
  return what === 'client_id' ? randomBytes(15).toString('base64url') : randomUUID();
}

async function idOf(browser: Browser): Promise<string> {
  return (await browser.get<{ user: User }>('/api/v1/session')).body.user.id;
}

function newEmail(): string {
  return `p-${randomUUID()}@place.example`;
}
