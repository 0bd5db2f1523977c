/** What the list of clients can be sorted by: members of a client, as they are on the wire. */
export const CLIENT_SORTS = [
  'client_name',
  'created_at',
  'last_used_at',
  'status',
  'access_preset',
  'team_selection',
  'access_token_lifetime_seconds',
  'refresh_token_lifetime_seconds',
] as const;

/** What the list of users can be sorted by. */
export const USER_SORTS = ['name', 'email', 'status'] as const;

export type ClientSort = (typeof CLIENT_SORTS)[number];
export type UserSort = (typeof USER_SORTS)[number];
