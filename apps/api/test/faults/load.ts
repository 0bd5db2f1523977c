import type { AuthorizationRequestDetails, SessionInfo, Team, TokenResponse } from '@behalf/domain';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Answer,
  authorizeQuery,
  Browser,
  browserOf,
  createClient,
  exchange,
  introspect,
  newPkce,
  refresh,
  revoke,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV, PASSWORD } from '../support/constants.js';
import { type Ledger, type Story, UNKNOWN } from './ledger.js';
import type { Endpoint } from './machine.js';

const RETRY_MILLISECONDS = 50;
const GRANT_LANES = 6;
const REFRESHES = 3;

/** What the lanes work with; made while nothing is broken yet. */
interface Ready {
  readonly endpoints: readonly Endpoint[];
  readonly ledger: Ledger;
  readonly stop: AbortSignal;
}

/**
 * Uses everything that changes something, all at once, as clients and people do: who gets no answer, or a 503, asks again.
 *
 * @param endpoints processes that the lanes are spread over
 * @returns how to stop: every lane ends what it is about, and is waited for
 */
export async function startLoad(endpoints: readonly Endpoint[], ledger: Ledger): Promise<() => Promise<void>> {
  const stop = new AbortController();
  const ready: Ready = { endpoints, ledger, stop: stop.signal };
  const admin = await browserOf(endpoints[0]!, ADMIN);
  const lanes: Promise<void>[] = [];
  for (let n = 0; n < GRANT_LANES; n += 1) {
    const endpoint = endpoints[n % endpoints.length]!;
    const client = await createClient(admin, { client_name: `lane ${n}`, access_preset: 'full_access' });
    lanes.push(keep(ready, grantLane(ready, endpoint, client, await browserOf(endpoint, DEV))));
  }
  lanes.push(keep(ready, sessionLane(ready, endpoints[0]!)));
  lanes.push(keep(ready, editLane(ready, admin)));
  return async () => {
    stop.abort();
    await Promise.all(lanes);
  };
}

/** Begins another round until it is told to stop. A round that got no answer to something ends early. */
async function keep({ stop, ledger }: Ready, round: (n: number) => Promise<void>): Promise<void> {
  for (let n = 0; !stop.aborted; n += 1) {
    const before = ledger.counts.acknowledged;
    await round(n);
    if (ledger.counts.acknowledged === before) await sleep(RETRY_MILLISECONDS);
  }
}

/** Asks until there is an answer, as a client does that goes on with what it holds. Null where the load ends before. */
async function insist<T>({ ledger, stop }: Ready, what: string, good: readonly number[], send: () => Promise<Answer<T>>) {
  for (;;) {
    const answer = await ledger.ask(what, good, send);
    if (answer !== UNKNOWN) return answer;
    if (stop.aborted || ledger.wrong.length) return null;
    await sleep(RETRY_MILLISECONDS);
  }
}

/** An authorization from the consent to its end, which is another one each time. */
function grantLane(ready: Ready, endpoint: Endpoint, client: TestClient, browser: Browser) {
  return async (n: number) => {
    const story = await newStory(ready, client, browser);
    if (!story || n % 8 === 7) return;
    if (!(await exchangeOnce(ready, endpoint, story))) return;
    for (let count = 0; count < REFRESHES; count += 1) if (!(await refreshOnce(ready, endpoint, story))) return;
    await endOf[n % endOf.length]!(ready, endpoint, story, browser);
  };
}

async function newStory({ ledger }: Ready, client: TestClient, browser: Browser): Promise<Story | null> {
  const pkce = newPkce();
  const query = authorizeQuery(client, pkce, { prompt: 'consent' });
  const authorized = await ledger.ask('authorize', [303], () => browser.get(`/oauth2/authorize?${query}`));
  if (authorized === UNKNOWN) return null;
  const request_id = new URL(authorized.headers.get('location')!, 'http://here.test').searchParams.get('request_id');
  const path = `/api/v1/authorization-requests/${request_id}`;
  const page = await ledger.ask('the consent page', [200], () => browser.get<AuthorizationRequestDetails>(path));
  if (page === UNKNOWN) return null;
  const decision = { decision: 'allow', team_ids: [page.body.selectable_teams[0]!.id] };
  const decided = await ledger.ask('the decision', [200], () => browser.post<{ redirect_to: string }>(`${path}/decision`, decision));
  if (decided === UNKNOWN) return null;
  ledger.noteEvent(decided, 'consent.given');
  const code = new URL(decided.body.redirect_to).searchParams.get('code')!;
  const story: Story = {
    client,
    consented: { code, pkce },
    exchanged: 'no',
    answers: [],
    refreshed: 'no',
    revoked: 'no',
    revoked_access_tokens: [],
    copied: false,
  };
  ledger.stories.push(story);
  return story;
}

/** A code has no second chance: where the answer was lost, the same code either works or was redeemed, and then ends what it gave. */
async function exchangeOnce(ready: Ready, endpoint: Endpoint, story: Story): Promise<boolean> {
  const { ledger } = ready;
  const send = () => exchange(endpoint, story.client, story.consented);
  story.exchanged = 'unknown';
  let answer = await ledger.ask<TokenResponse & { error?: string }>('exchange', [200], send);
  if (answer === UNKNOWN) answer = (await insist(ready, 'exchange again', [200, 400], send)) ?? UNKNOWN;
  if (answer === UNKNOWN) return false;
  story.copied = answer.status === 400;
  if (story.copied) return false;
  story.exchanged = 'yes';
  ledger.noteEvent(answer, 'token.issued');
  story.answers.push(answer.body);
  return true;
}

/** A refresh may be asked for again: within the window the same one is answered. */
async function refreshOnce(ready: Ready, endpoint: Endpoint, story: Story): Promise<boolean> {
  story.refreshed = 'unknown';
  const { refresh_token } = story.answers.at(-1)!;
  const answer = await insist(ready, 'refresh', [200], () => refresh(endpoint, story.client, refresh_token!));
  if (!answer) return false;
  story.refreshed = 'no';
  story.answers.push(answer.body);
  return true;
}

type End = (ready: Ready, endpoint: Endpoint, story: Story, browser: Browser) => Promise<void>;

const endOf: readonly End[] = [
  async (ready, endpoint, story) => {
    story.revoked = 'unknown';
    const token = story.answers.at(-1)!.refresh_token!;
    if (await insist(ready, 'revoke', [200], () => revoke(endpoint, story.client, token))) story.revoked = 'yes';
  },
  async (ready, endpoint, story) => {
    const token = story.answers.at(-1)!.access_token;
    const seen = await insist(ready, 'introspect', [200], () => introspect(endpoint, story.client, token));
    if (seen && seen.body['active'] !== true) ready.ledger.wrong.push('a token that nobody revoked is inactive');
  },
  async (ready, endpoint, story) => {
    const token = story.answers.at(-1)!.access_token;
    if (await insist(ready, 'revoke', [200], () => revoke(endpoint, story.client, token))) story.revoked_access_tokens.push(token);
  },
  async ({ ledger }, endpoint, story, browser) => {
    story.revoked = 'unknown';
    const seen = await ledger.ask('introspect', [200], () => introspect(endpoint, story.client, story.answers.at(-1)!.access_token));
    if (seen === UNKNOWN) return void (story.revoked = 'no');
    const path = `/api/v1/tokens/${seen.body['token_id'] as string}`;
    const ended = await ledger.ask('revoking the row', [204], () => browser.send('DELETE', path));
    if (ended === UNKNOWN) return;
    story.revoked = 'yes';
    ledger.noteEvent(ended, 'token.revoked');
  },
];

function sessionLane({ ledger }: Ready, endpoint: Endpoint) {
  return async (n: number) => {
    const browser = new Browser(endpoint);
    const credentials = { email: DEV, password: PASSWORD };
    const started = await ledger.ask('sign-in', [201], () => browser.post<SessionInfo>('/api/v1/session', credentials));
    if (started === UNKNOWN) return;
    ledger.noteEvent(started, 'session.started');
    const session = { browser: browser.at(endpoint), ended: 'no' as 'no' | 'unknown' | 'yes' };
    ledger.sessions.push(session);
    if (n % 2) return;
    session.ended = 'unknown';
    const ended = await ledger.ask('sign-out', [204], () => browser.send('DELETE', '/api/v1/session'));
    if (ended === UNKNOWN) return;
    session.ended = 'yes';
    ledger.noteEvent(ended, 'session.ended');
  };
}

/** Renames a client of its own, and makes teams. */
function editLane({ ledger }: Ready, admin: Browser) {
  let client: TestClient | null = null;
  const edited = { client_id: '', name: '', maybe: null as string | null };
  return async (n: number) => {
    if (!client) {
      const made = await ledger.ask('create', [201], async () => {
        const body = { client_name: 'edited', redirect_uris: ['https://edited.test'] };
        return admin.post<{ client: TestClient }>('/api/v1/oauth-clients', body);
      });
      if (made === UNKNOWN) return;
      ledger.noteEvent(made, 'client.created');
      ({ client } = made.body);
      Object.assign(edited, { client_id: client.client_id, name: client.client_name });
      ledger.edits.push(edited);
    }
    const path = `/api/v1/oauth-clients/${client.client_id}`;
    const now = await ledger.ask('read', [200], () => admin.get<TestClient>(path));
    if (now === UNKNOWN) return;
    if (![edited.name, edited.maybe].includes(now.body.client_name)) ledger.wrong.push(`an edit was lost: ${now.body.client_name}`);
    const client_name = `edited ${n}`;
    Object.assign(edited, { name: now.body.client_name, maybe: client_name });
    const saved = await ledger.ask('edit', [200], () => admin.send('PATCH', path, { client_name, version: now.body.version }));
    if (saved === UNKNOWN) return;
    ledger.noteEvent(saved, 'client.updated');
    Object.assign(edited, { name: client_name, maybe: null });
    const { organization } = (await admin.get<SessionInfo>('/api/v1/session').catch(() => null))?.body ?? {};
    if (!organization) return;
    const team = { name: randomUUID(), organization_id: organization.id };
    const made = await ledger.ask('a team', [201], () => admin.post<Team>('/api/v1/teams', team));
    if (made !== UNKNOWN) ledger.noteEvent(made, 'team.created');
  };
}
