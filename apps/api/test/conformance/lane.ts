import type { Client, ClientSettings, InvitedUser, Organization, Page, Role, Team, TokenResponse, User } from '@behalf/domain';
import { randomUUID } from 'node:crypto';
import type { Api } from '../support/api.js';
import {
  type Answer,
  Browser,
  browserOf,
  createClient,
  introspect,
  obtainTokens,
  refresh,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, PASSWORD } from '../support/constants.js';

/** What every kind of use of one authorization answered, in a few words. */
export interface Uses {
  readonly introspect: string;
  readonly userinfo: string;
  readonly read: string;
  readonly write: string;
  readonly refresh: string;
}

/** An authorization of full scope with everything behind it in force. */
export const ALIVE: Uses = { introspect: 'active read write', userinfo: '200', read: '200', write: '200', refresh: '200 read write' };

/** One of which nothing is left. */
export const DEAD: Uses = {
  introspect: 'inactive',
  userinfo: '401 invalid_token',
  read: '401 invalid-token',
  write: '401 invalid-token',
  refresh: '400 invalid_grant',
};

/** Two processes on one database: changes are made here, and felt there. */
export class Two {
  private constructor(
    readonly here: Api,
    readonly there: Api,
    readonly admin: Browser,
    readonly organization: Organization,
    /** Sees the tokens of every client of the organization. */
    readonly resourceServer: TestClient,
  ) {}

  static async start(here: Api): Promise<Two> {
    const there = await here.replica();
    const admin = await browserOf(here, ADMIN);
    const { items } = (await admin.get<Page<Organization>>('/api/v1/organizations')).body;
    const resourceServer = await createClient(admin, { client_name: 'API', resource_server: true, redirect_uris: [] });
    return new Two(
      here,
      there,
      admin,
      items.find(({ name }) => name === 'Acme')!,
      resourceServer,
    );
  }

  async team(): Promise<Team> {
    const answer = await this.admin.post<Team>('/api/v1/teams', { name: randomUUID(), organization_id: this.organization.id });
    return answer.body;
  }

  /** A client of full access for several teams, and a user who may do everything in two teams; nobody else uses any of it. */
  async lane(settings: Partial<ClientSettings> = {}): Promise<Lane> {
    const teams = [await this.team(), await this.team()] as const;
    const client = await createClient(this.admin, { access_preset: 'full_access', team_selection: 'multiple', ...settings });
    const memberships = teams.map(({ id }) => ({ team_id: id, role: 'platform_admin' }));
    const invited = { email: `${randomUUID()}@lane.example`, name: 'Somebody', memberships };
    const { user, invitation_url } = (await this.admin.post<InvitedUser>('/api/v1/users', invited)).body;
    const browser = new Browser(this.here);
    await browser.post('/api/v1/invitations/accept', { token: invitation_url.split('#')[1], password: PASSWORD });
    return new Lane(this, client, user, browser, teams);
  }
}

/** One client with one user, and what an administrator does to them. */
export class Lane {
  constructor(
    readonly two: Two,
    public client: TestClient,
    readonly user: User,
    readonly browser: Browser,
    readonly teams: readonly [Team, Team],
  ) {}

  /** A new authorization for the first team, or for as many as are asked for. */
  async grant(count = 1, parameters: Record<string, string> = {}): Promise<Held> {
    const teams = this.teams.slice(0, count).map(({ name }) => name);
    return new Held(this, await obtainTokens(this.two.here, this.browser, this.client, { teams, parameters }));
  }

  /** Another client in place of the one that was deleted. */
  async renew(): Promise<void> {
    this.client = await createClient(this.two.admin, { access_preset: 'full_access', team_selection: 'multiple' });
  }

  edit(changed: object): Promise<Answer<Client>> {
    return this.#change<Client>('PATCH', `/oauth-clients/${this.client.client_id}`, {
      version: this.client.version,
      confirmed_risks: ['long_lived_full_access'],
      ...changed,
    });
  }

  setStatus(status: 'enabled' | 'disabled'): Promise<Answer<Client>> {
    return this.#change<Client>('PUT', `/oauth-clients/${this.client.client_id}/status`, { status });
  }

  async delete(): Promise<Answer> {
    const path = `/api/v1/oauth-clients/${this.client.client_id}`;
    return this.two.admin.send('DELETE', path, { confirm_name: this.client.client_name });
  }

  setUser(status: 'active' | 'disabled'): Promise<Answer> {
    return this.two.admin.send('PATCH', `/api/v1/users/${this.user.id}`, { status });
  }

  join(team: Team, role: Role): Promise<Answer> {
    return this.two.admin.send('PUT', `/api/v1/teams/${team.id}/members/${this.user.id}`, { role });
  }

  leave(team: Team): Promise<Answer> {
    return this.two.admin.send('DELETE', `/api/v1/teams/${team.id}/members/${this.user.id}`);
  }

  async #change<T extends Client>(method: string, path: string, body: object): Promise<Answer<T>> {
    const answer = await this.two.admin.send<T>(method, `/api/v1${path}`, body);
    if (answer.status === 200) this.client = { ...answer.body, client_secret: this.client.client_secret };
    return answer;
  }
}

/** The tokens of one authorization, as its client holds them. */
export class Held {
  constructor(
    readonly lane: Lane,
    public tokens: TokenResponse,
  ) {}

  /** Every kind of use, all at once, on the other process: each is the next request after what came before. */
  async uses(): Promise<Uses> {
    const { two, client, teams } = this.lane;
    const { there, resourceServer } = two;
    const [seen, info, read, write, renewed] = await Promise.all([
      introspect(there, resourceServer, this.tokens.access_token),
      userinfo(there, this.tokens.access_token),
      this.call('GET', `/oauth-clients/${resourceServer.client_id}`),
      this.call('PATCH', `/teams/${teams[0].id}`, { name: teams[0].name }),
      refresh(there, client, this.tokens.refresh_token!),
    ]);
    if (renewed.status === 200) this.tokens = renewed.body;
    return {
      introspect: seen.body['active'] ? `active ${seen.body['scope'] as string}` : 'inactive',
      userinfo: told(info),
      read: told(read),
      write: told(write),
      refresh: renewed.status === 200 ? `200 ${renewed.body.scope}` : told(renewed),
    };
  }

  async token_id(): Promise<string> {
    return (await introspect(this.lane.two.here, this.lane.client, this.tokens.access_token)).body['token_id'] as string;
  }

  /** Calls the management API of the other process with the access token. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const authorization = `Bearer ${this.tokens.access_token}`;
    return new Browser(this.lane.two.there).send<T>(method, `/api/v1${path}`, body, { authorization });
  }

  introspection(): Promise<Answer> {
    return introspect(this.lane.two.there, this.lane.two.resourceServer, this.tokens.access_token);
  }

  userinfo(): Promise<Answer> {
    return userinfo(this.lane.two.there, this.tokens.access_token);
  }
}

function told({ status, body }: Answer<object>): string {
  const { error, type } = body as { error?: string; type?: string };
  return [status, error ?? type?.split('#')[1]].filter(Boolean).join(' ');
}
