import type {
  AuditEvent,
  AuthorizationRequestDetails,
  AuthorizationRequestHint,
  Client,
  ClientFailure,
  ClientPreview,
  ClientSettings,
  ConnectedApp,
  ConsentRow,
  EffectiveAccess,
  Impact,
  Member,
  OpenInvitation,
  Organization,
  Page,
  SessionInfo,
  Team,
  TokenRow,
  UiSession,
  User,
  UserImpact,
} from '@behalf/domain';
import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryState } from '@tanstack/react-query';
import { api, isProblem, query } from './http.js';

type Filter = Readonly<Record<string, string | number | undefined>>;

const PAGE_ROWS = 50;
const PICKER_ROWS = 200;
const OPTION_ROWS = 20;
/**
 * An open drawer is watched: uses of secrets and failures appear while an integration is being set up. Not for ever, or a
 * page that was left open would keep its session from ending.
 */
const WATCH = { milliseconds: 5_000, times: 120 };

/** What is gone stays gone. */
const watched = ({ state: { dataUpdateCount, errorUpdateCount, error } }: { state: Watched }) =>
  dataUpdateCount + errorUpdateCount < WATCH.times && !isProblem(error, 'not-found') ? WATCH.milliseconds : false;

type Watched = Pick<QueryState, 'dataUpdateCount' | 'errorUpdateCount' | 'error'>;

/** A list that is fetched page by page; `useRows` reads it. */
export function pages<T>(key: readonly unknown[], path: string, filter: Filter) {
  return infiniteQueryOptions({
    queryKey: [...key, filter],
    queryFn: ({ pageParam }) => api<Page<T>>('GET', `${path}${query({ ...filter, limit: PAGE_ROWS, cursor: pageParam })}`),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Every row of a list that is short by nature, such as the teams of a picker. */
async function all<T>(path: string, filter: Filter = {}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await api('GET', `${path}${query({ ...filter, limit: PICKER_ROWS, cursor })}`);
    items.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** Who is signed in, and where; asked again whenever one comes back to the page, since another tab may have changed it. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => api<SessionInfo>('GET', '/session'),
  staleTime: 30_000,
  refetchOnWindowFocus: 'always',
});

export const clientsQuery = (filter: Filter) => pages<Client>(['oauth-clients', 'list'], '/oauth-clients', filter);

export const clientPath = (client_id: string) => `/oauth-clients/${encodeURIComponent(client_id)}`;

export const clientQuery = (client_id: string) =>
  queryOptions({
    queryKey: ['oauth-client', client_id],
    queryFn: () => api<Client>('GET', clientPath(client_id)),
    refetchInterval: watched,
  });

export const clientFailuresQuery = (client_id: string) =>
  queryOptions({
    queryKey: ['oauth-client', client_id, 'failures'],
    queryFn: () => api<Page<ClientFailure>>('GET', `${clientPath(client_id)}/failures`),
    refetchInterval: watched,
  });

/** What pausing or deleting would end; counted anew each time. */
export const impactQuery = (client_ids: readonly string[]) =>
  queryOptions({
    queryKey: ['impact', client_ids],
    queryFn: () => api<Impact>('POST', '/oauth-clients/impact', { client_ids }),
    staleTime: 0,
    gcTime: 0,
  });

/** What an edit would end and narrow; nothing is stored. Saving waits for it, so that a failure is told at once. */
export const previewQuery = (client_id: string, changes: Partial<ClientSettings>) =>
  queryOptions({
    meta: { incidental: true },
    queryKey: ['oauth-client', client_id, 'preview', changes],
    queryFn: () => api<ClientPreview>('POST', `${clientPath(client_id)}/preview`, changes),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    networkMode: 'always',
  });

/** Whether another client has this very name. */
export const nameTakenQuery = (client_name: string) =>
  queryOptions({
    meta: { incidental: true },
    queryKey: ['oauth-clients', 'named', client_name],
    queryFn: () => api<Page<Client>>('GET', `/oauth-clients${query({ search: client_name, sort: 'client_name', limit: PICKER_ROWS })}`),
  });

export const organizationsQuery = queryOptions({ queryKey: ['organizations'], queryFn: () => all<Organization>('/organizations') });

export const teamsQuery = queryOptions({ queryKey: ['teams', 'all'], queryFn: () => all<Team>('/teams') });

export const usersQuery = (filter: Filter) => pages<User>(['users'], '/users', filter);

/** Users to choose from: those that a few letters find, and the one that is chosen already. */
export const userOptionsQuery = (search: string, user_id: string | undefined) =>
  queryOptions({
    queryKey: ['users', 'options', search, user_id ?? null],
    queryFn: async () => {
      const found = await api<Page<User>>('GET', `/users${query({ search, limit: OPTION_ROWS })}`);
      if (user_id === undefined || found.items.some(({ id }) => id === user_id)) return found.items;
      return [await api<User>('GET', userPath(user_id)), ...found.items];
    },
    placeholderData: keepPreviousData,
  });

export const userPath = (user_id: string) => `/users/${encodeURIComponent(user_id)}`;

export const userQuery = (user_id: string) =>
  queryOptions({ queryKey: ['user', user_id], queryFn: () => api<User>('GET', userPath(user_id)) });

/** What disabling a user, or a change in one team, would touch; counted anew each time. */
export const userImpactQuery = (user_id: string, team_id?: string) =>
  queryOptions({
    queryKey: ['user', user_id, 'impact', team_id ?? null],
    queryFn: () => api<UserImpact>('GET', `${userPath(user_id)}/impact${query({ team_id })}`),
    staleTime: 0,
    gcTime: 0,
  });

export const teamsPageQuery = (filter: Filter) => pages<Team>(['teams', 'pages'], '/teams', filter);

export const teamPath = (team_id: string) => `/teams/${encodeURIComponent(team_id)}`;

export const teamQuery = (team_id: string) =>
  queryOptions({ queryKey: ['teams', 'one', team_id], queryFn: () => api<Team>('GET', teamPath(team_id)) });

export const membersQuery = (team_id: string, filter: Filter) =>
  pages<Member>(['teams', 'members', team_id], `${teamPath(team_id)}/members`, filter);

/** Whose link it is; asked once, since only using it up changes the answer. */
export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: () => api<OpenInvitation>('POST', '/invitations/find', { token }),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

export const consentsQuery = queryOptions({ queryKey: ['consents'], queryFn: () => all<ConsentRow>('/consents') });

export const connectedAppsQuery = (filter: Filter) => pages<ConnectedApp>(['connected-apps'], '/connected-apps', filter);

export const connectedAppPath = (client_id: string) => `/connected-apps/${encodeURIComponent(client_id)}`;

/** One page of an app's tokens: of ten thousand only those that are looked at are held. */
export const tokensQuery = (client_id: string, filter: Filter) =>
  queryOptions({
    queryKey: ['tokens', client_id, filter],
    queryFn: () => api<Page<TokenRow>>('GET', `${connectedAppPath(client_id)}/tokens${query(filter)}`),
  });

export const effectiveAccessQuery = (question: { client_id: string; user_id: string; token_id?: string | undefined }) =>
  queryOptions({
    queryKey: ['effective-access', question],
    queryFn: () => api<EffectiveAccess>('GET', `/effective-access${query(question)}`),
  });

export const uiSessionsQuery = (filter: Filter) => pages<UiSession>(['ui-sessions'], '/ui-sessions', filter);

export const auditQuery = (filter: Filter) => pages<AuditEvent>(['audit-events'], '/audit-events', filter);

export const authorizationRequestQuery = (request_id: string) =>
  queryOptions({
    queryKey: ['authorization-request', request_id],
    queryFn: () =>
      api<AuthorizationRequestDetails | AuthorizationRequestHint>('GET', `/authorization-requests/${encodeURIComponent(request_id)}`),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
