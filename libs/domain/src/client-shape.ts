import { RISK_TEXTS, TEAM_RESTRICTIONS_MAX } from './client-settings.js';
import type { Violation } from './errors.js';
import { isUuid } from './uuid.js';
import type { AccessPreset, ClientSettings, ClientType, TeamSelection } from './wire.js';

export const CLIENT_TYPES: readonly ClientType[] = ['confidential', 'public'];
export const TEAM_SELECTIONS: readonly TeamSelection[] = ['single', 'multiple'];
export const ACCESS_PRESETS: readonly AccessPreset[] = ['read_only', 'full_access'];

type Shape = (value: unknown, pointer: string) => Violation[];

const wrong = (pointer: string, detail: string): Violation[] => [{ pointer, code: 'type', detail }];
const unless =
  (fits: (value: unknown) => boolean, detail: string): Shape =>
  (value, pointer) =>
    fits(value) ? [] : wrong(pointer, detail);

const text = unless((value) => typeof value === 'string', 'Must be a text.');
const number = unless((value) => typeof value === 'number', 'Must be a number.');
const truth = unless((value) => typeof value === 'boolean', 'Must be true or false.');
const uuid = unless(isUuid, 'Must be a UUID.');
const oneOf = (words: readonly string[]) =>
  unless((value) => typeof value === 'string' && words.includes(value), `Must be one of ${words.join(', ')}.`);

const listOf =
  (shape: Shape, max = Infinity): Shape =>
  (value, pointer) => {
    if (!Array.isArray(value)) return wrong(pointer, 'Must be a list.');
    if (value.length > max) return wrong(pointer, `May hold at most ${max}.`);
    return value.flatMap((each, index) => shape(each, `${pointer}/${index}`));
  };

/** Members that are absent have no shape; those that are `null` have a wrong one, as on the server. */
const members =
  (shapes: Readonly<Record<string, Shape>>, what: string): Shape =>
  (value, pointer) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(pointer, `Must be ${what}.`);
    return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
      if (!Object.hasOwn(shapes, name)) return [{ pointer: `${pointer}/${name}`, code: 'unknown', detail: `Is no member of ${what}.` }];
      return each === undefined ? [] : shapes[name]!(each, `${pointer}/${name}`);
    });
  };

const teams = listOf(uuid, TEAM_RESTRICTIONS_MAX);
const SETTINGS: Readonly<Record<keyof ClientSettings, Shape>> = {
  client_name: text,
  client_type: oneOf(CLIENT_TYPES),
  app_type: text,
  team_selection: oneOf(TEAM_SELECTIONS),
  team_restrictions: members({ team_ids: teams, organization_ids: teams }, 'restrictions: lists under team_ids and organization_ids'),
  access_preset: oneOf(ACCESS_PRESETS),
  access_token_lifetime_seconds: number,
  issue_refresh_token: truth,
  refresh_token_lifetime_seconds: number,
  redirect_uris: listOf(text),
  resource_server: truth,
  resources: listOf(text),
  require_pushed_authorization_requests: truth,
  dpop_bound_access_tokens: truth,
  device_authorization: truth,
};
const CLIENT = members({ ...SETTINGS, client_id: text, confirmed_risks: listOf(oneOf(Object.keys(RISK_TEXTS))) }, 'a client');

/** What of a client that a file declares is no setting, or of the wrong type: before any rule can judge it. */
export function checkClientShape(declared: unknown): Violation[] {
  return CLIENT(declared, '');
}

/** The names of a client's settings, in the order in which they are told. */
export const CLIENT_SETTINGS = Object.keys(SETTINGS) as readonly (keyof ClientSettings)[];
