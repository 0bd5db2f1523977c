import {
  ACCESS_TOKEN_LIFETIME,
  AUDIT_REPORT,
  CLIENT_NAME_MAX,
  DEFAULT_CLIENT_SETTINGS,
  formatLifetime,
  PASSWORD_MAX_BYTES,
  PASSWORD_MIN_CHARACTERS,
  PREVIOUS_SECRET_LIFETIME,
  REDIRECT_URI_MAX_LENGTH,
  REDIRECT_URIS_MAX,
  REFRESH_TOKEN_LIFETIME,
  RESOURCES_MAX,
} from '@behalf/domain';

const span = ({ min, max }: { readonly min: number; readonly max: number }) =>
  `${formatLifetime(min).toLowerCase()} to ${formatLifetime(max).toLowerCase()}`;
const SHOW = 'Your own (`mine`), or those of the organization you act in (`organization`), which takes a permission.';
const PASSWORD = `${PASSWORD_MIN_CHARACTERS} characters at least, ${PASSWORD_MAX_BYTES} bytes at most.`;
const ROLE = 'A role as `GET /api/v1/roles` lists it.';

/**
 * What the fields and parameters that a call takes mean, by their name, which means the same everywhere; where it does
 * not, the component's name stands before it.
 */
export const FIELDS: Readonly<Record<string, string>> = {
  limit: 'Rows of one page.',
  cursor: '`next_cursor` of the page before; good for the same filter and sort only.',
  sort: 'A key of the list, with `-` before it for descending.',
  search: 'A part of the name; of users, a part of the email address too.',
  status: 'Only those in this state.',
  show: SHOW,

  client_name: `1 to ${CLIENT_NAME_MAX} characters, none of them invisible, with no space at either end. Need not be unique.`,
  client_type: 'Whether the client keeps a secret (`confidential`) or cannot (`public`). Fixed once the client exists.',
  app_type: '`user_authorized`: it acts on behalf of a user.',
  team_selection: 'On how many teams one authorization may act.',
  team_restrictions: 'The teams that an authorization may choose from. Both lists empty: every team of the client’s own organization.',
  team_ids: 'Ids of teams.',
  organization_ids: 'Ids of organizations: their teams as they are at the time of use.',
  access_preset: 'The most that a token of this client may do: read, or read and write.',
  access_token_lifetime_seconds: `${span(ACCESS_TOKEN_LIFETIME)}, in whole seconds. A change acts on live tokens too.`,
  issue_refresh_token: 'Whether the client can renew its access. Switching it off revokes its refresh tokens for good.',
  refresh_token_lifetime_seconds: `${span(REFRESH_TOKEN_LIFETIME)}, in whole seconds, and not below the access token lifetime while refresh tokens are issued.`,
  resource_server: 'Whether this client may introspect the tokens of every client of its organization. Confidential clients only.',
  resources: `Absolute URIs of the API behind a resource server, ${RESOURCES_MAX} at most. Tokens can be bound to them (RFC 8707), and it is shown no token that is bound to others.`,
  require_pushed_authorization_requests: 'Whether authorization requests of this client have to be pushed (RFC 9126).',
  dpop_bound_access_tokens: 'Whether this client gets tokens that are bound to a key alone (RFC 9449).',
  device_authorization: 'Whether this client may ask by a code for a user who is elsewhere (RFC 8628), from a device without a browser.',
  user_code: 'The code that a device shows; case and separators do not count.',
  redirect_uris: `1 to ${REDIRECT_URIS_MAX} addresses of ${REDIRECT_URI_MAX_LENGTH} characters at most, compared byte by byte; a resource server, and a client with device authorization, may have none.`,
  confirmed_risks: 'Codes of the risks that whoever sends this has understood. A risk that is not confirmed is a 409 that names it.',
  version: 'The `version` of the client that this edit is based on; an older one is a 409 that shows the current client.',
  also_revoke_tokens: 'Ends every authorization of the client together with the edit.',
  'StatusInput.status': '`disabled` pauses the client and ends its tokens for good; `enabled` lets new authorizations start.',
  reason: 'Why, in a few words; shown to administrators.',
  resume_at: 'When the pause ends by itself: a day, or an instant with its offset.',
  confirm_name: 'The name of the client, typed exactly.',
  previous_secret_lifetime_seconds: `How long the secret until now goes on working: 0 (it stops now) to ${formatLifetime(PREVIOUS_SECRET_LIFETIME.max).toLowerCase()}, in whole seconds.`,
  client_ids: 'Ids of clients.',
  client_id: 'The client’s id.',

  email: 'An email address; case does not count.',
  password: PASSWORD,
  'SignInInput.password': 'The user’s password.',
  current_password: 'Your password until now.',
  new_password: PASSWORD,
  token: 'The secret that stands behind the `#` of an invitation link.',
  session_id: 'A browser session’s id.',
  request_id: 'The id of a pending authorization request, as it stands in the address of the page.',
  name: 'Up to 100 characters, none of them invisible, with no space at either end.',
  organization_id: 'An organization’s id.',
  team_id: 'A team’s id.',
  user_id: 'A user’s id.',
  token_id: 'The id of one authorization, as Connected apps and the audit log show it.',
  role: ROLE,
  memberships: 'The teams to join, and the role in each.',
  'UserChangeInput.status': '`disabled` ends the user’s sessions and every authorization they gave.',

  decision: 'What the user chose.',
  'DecisionInput.team_ids': 'The teams that the user chose; exactly one for a client that takes a single team.',
  scope: 'The scopes to keep, separated by spaces.',
  'NarrowInput.team_ids': 'The teams to keep.',
  'ListedInput.status': 'Those that live now, or those that ended in the last 30 days.',

  id: 'One entry of the log.',
  from: 'The first instant, or day, that counts.',
  to: 'The instant, or day, up to which it counts.',
  action: 'What was done.',
  channel: 'How it came: through the web pages, by OAuth, or by the system itself.',
  target_id: 'To what it was done.',
  result: 'How it ended.',
  incident: 'Only what may be a theft: a refresh token used again, a code replayed, a previous secret used.',
  format: 'The format of the file.',
  events: `What happened: 1 to ${AUDIT_REPORT.max_events} events.`,
  'ReportedEventInput.id': 'Your own id of the event. Sent again it is not written again.',
  operation: `What was done, such as \`POST /orders/:order_id\`: a pattern, never an address as it was typed. ${AUDIT_REPORT.max_operation_characters} characters at most.`,
  'ReportedEventInput.reason': `Why it was refused. ${AUDIT_REPORT.max_reason_characters} characters at most.`,
  ip_address: 'The address of the caller, as your API saw it.',
  user_agent: `The caller’s user agent. ${AUDIT_REPORT.max_user_agent_characters} characters at most.`,
  count: `Equal calls that this one stands for, up to ${AUDIT_REPORT.max_count.toLocaleString('en-US')}.`,
  seconds_ago: `From the first of them until this report, ${AUDIT_REPORT.max_age_seconds} seconds at most.`,
};

/** What a field that is left out means, where the rules say so and not the DTO. */
export const DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { NewClientInput: DEFAULT_CLIENT_SETTINGS };
