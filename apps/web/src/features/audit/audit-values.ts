import { formatLifetime, RISK_TEXTS, type RiskCode } from '@behalf/domain';
import { exactTime } from '../../lib/format.js';
import { fieldText } from './audit-text.js';

/** Fields whose values are words of ours. */
const CHOICES = ['team_selection', 'access_preset', 'client_type', 'app_type', 'status', 'role'];
const NAMED_CHOICES: Readonly<Record<string, string>> = { read_only: 'Read-only', full_access: 'Full access' };
const INSTANT = /^\d{4}-\d\d-\d\dT/;
const NOTHING = '—';

/** Settings stand in the order of the form; what else there is follows. */
const ORDER = [
  'client_name',
  'client_type',
  'team_selection',
  'team_restrictions',
  'access_preset',
  'access_token_lifetime_seconds',
  'issue_refresh_token',
  'refresh_token_lifetime_seconds',
  'redirect_uris',
];

/** The fields of a change in the order in which one reads them. */
export function inOrder<T>(changes: Readonly<Record<string, T>>): [field: string, change: T][] {
  const placeOf = (field: string) => (ORDER.includes(field) ? ORDER.indexOf(field) : ORDER.length);
  return Object.entries(changes).sort(([one], [other]) => placeOf(one) - placeOf(other));
}

/** What a list holds, and what became of it. */
export interface ListChange {
  readonly kind: 'list';
  readonly before: string;
  readonly after: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface PlainChange {
  readonly kind: 'plain';
  readonly before: string;
  readonly after: string;
}

/** The noun that a list's items are counted in. */
const COUNTED: Readonly<Record<string, readonly [one: string, many: string]>> = {
  redirect_uris: ['URI', 'URIs'],
  team_ids: ['team', 'teams'],
};

/**
 * A change in words.
 *
 * @param teamNames of the teams that this user can see; others keep their id
 */
export function changeText(
  field: string,
  [before, after]: readonly [unknown, unknown],
  teamNames: ReadonlyMap<string, string>,
): PlainChange | ListChange {
  const counted = COUNTED[field];
  if (counted && isTexts(before) && isTexts(after)) {
    const named = (value: string) => teamNames.get(value) ?? value;
    return {
      kind: 'list',
      before: countText(before.length, counted),
      after: countText(after.length, counted),
      added: after.filter((each) => !before.includes(each)).map(named),
      removed: before.filter((each) => !after.includes(each)).map(named),
    };
  }
  return { kind: 'plain', before: valueText(field, before, teamNames), after: valueText(field, after, teamNames) };
}

function valueText(field: string, value: unknown, teamNames: ReadonlyMap<string, string>): string {
  if (value === null || value === undefined || value === '') return NOTHING;
  if (typeof value === 'number') return field.endsWith('_lifetime_seconds') ? formatLifetime(value) : String(value);
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (typeof value === 'string') return wordsOf(field, value);
  if (field === 'team_restrictions') return restrictionsText(value, teamNames);
  if (field === 'memberships' && Array.isArray(value)) return membershipsText(value, teamNames);
  if (!isTexts(value)) return JSON.stringify(value);
  if (field === 'confirmed_risks') return value.map((code) => RISK_TEXTS[code as RiskCode]?.title ?? code).join('\n');
  return value.map((each) => teamNames.get(each) ?? each).join('\n') || 'None';
}

function wordsOf(field: string, value: string): string {
  if (INSTANT.test(value)) return exactTime(new Date(value).toISOString());
  if (!CHOICES.includes(field)) return value;
  return NAMED_CHOICES[value] ?? fieldText(value);
}

function restrictionsText(value: unknown, teamNames: ReadonlyMap<string, string>): string {
  const { team_ids = [], organization_ids = [] } = value as { team_ids?: string[]; organization_ids?: string[] };
  const teams = team_ids.map((id) => teamNames.get(id) ?? id);
  return [...teams, ...organization_ids.map((id) => `Organization ${id}`)].join('\n') || 'All teams';
}

function membershipsText(value: readonly unknown[], teamNames: ReadonlyMap<string, string>): string {
  const memberships = value as { team_id: string; role: string }[];
  return memberships.map(({ team_id, role }) => `${fieldText(role)} in ${teamNames.get(team_id) ?? team_id}`).join('\n') || 'None';
}

function countText(count: number, [one, many]: readonly [string, string]): string {
  return `${count} ${count === 1 ? one : many}`;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
