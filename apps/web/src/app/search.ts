import {
  type AccessPreset,
  type AuditAction,
  AUDIT_ACTIONS,
  type AuditChannel,
  CLIENT_SORTS,
  type DeviceOutcome,
  type TeamSelection,
  USER_SORTS,
  type UserStatus,
} from '@behalf/domain';

/** What stands behind the question mark of each address: known names with known values, all else is dropped. */
type Raw = Record<string, unknown>;

export interface ClientsSearch {
  search?: string;
  team_selection?: TeamSelection;
  access_preset?: AccessPreset;
  sort?: string;
}

export interface UsersSearch {
  search?: string;
  status?: UserStatus;
  sort?: string;
  tab?: 'teams';
}

export interface AuditSearch {
  /** One entry alone, whatever the rest says. */
  event?: string;
  range?: string;
  /** First and last day, in UTC, of a range of one's own. */
  from?: string;
  to?: string;
  user_id?: string;
  action?: AuditAction;
  channel?: AuditChannel;
  client_id?: string;
  target_id?: string;
  token_id?: string;
  incident?: 'true';
}

export const loginSearch = (raw: Raw): { request_id?: string; return_to?: string } =>
  given({ request_id: text(raw['request_id']), return_to: text(raw['return_to']) });

export const requestSearch = (raw: Raw): { request_id?: string } => given({ request_id: text(raw['request_id']) });

export const deviceSearch = (raw: Raw): { user_code?: string; outcome?: DeviceOutcome } =>
  given({ user_code: text(raw['user_code']), outcome: oneOf(raw['outcome'], ['allowed', 'denied']) });

export const clientsSearch = (raw: Raw): ClientsSearch =>
  given({
    search: text(raw['search']),
    team_selection: oneOf(raw['team_selection'], ['single', 'multiple']),
    access_preset: oneOf(raw['access_preset'], ['read_only', 'full_access']),
    sort: oneOf(
      raw['sort'],
      CLIENT_SORTS.flatMap((key) => [key, `-${key}`]),
    ),
  });

export const clientSearch = (raw: Raw): { tab?: 'connect' | 'failures' } => given({ tab: oneOf(raw['tab'], ['connect', 'failures']) });

export const usersSearch = (raw: Raw): UsersSearch =>
  given({
    search: text(raw['search']),
    status: oneOf(raw['status'], ['active', 'disabled']),
    sort: oneOf(
      raw['sort'],
      USER_SORTS.flatMap((key) => [key, `-${key}`]),
    ),
    tab: oneOf(raw['tab'], ['teams']),
  });

export const sessionsSearch = (raw: Raw): { tab?: 'ui-sessions'; show?: 'organization'; status?: 'ended' } =>
  given({
    tab: oneOf(raw['tab'], ['ui-sessions']),
    show: oneOf(raw['show'], ['organization']),
    status: oneOf(raw['status'], ['ended']),
  });

export const effectiveAccessSearch = (raw: Raw): { client_id?: string; user_id?: string; token_id?: string } =>
  given({ client_id: text(raw['client_id']), user_id: text(raw['user_id']), token_id: text(raw['token_id']) });

export const auditSearch = (raw: Raw): AuditSearch =>
  given({
    event: text(raw['event']),
    range: text(raw['range']),
    from: day(raw['from']),
    to: day(raw['to']),
    user_id: text(raw['user_id']),
    action: oneOf(raw['action'], AUDIT_ACTIONS),
    channel: oneOf(raw['channel'], ['ui', 'oauth', 'system']),
    client_id: text(raw['client_id']),
    target_id: text(raw['target_id']),
    token_id: text(raw['token_id']),
    incident: oneOf(raw['incident'], ['true']),
  });

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** '2026-07-31' */
function day(value: unknown): string | undefined {
  const typed = text(value);
  return typed && /^\d{4}-\d\d-\d\d$/.test(typed) && !Number.isNaN(Date.parse(typed)) ? typed : undefined;
}

function oneOf<const T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((each) => each === value);
}

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
