import { type ClientSettings, formatLifetime, type TeamRestrictions } from '@behalf/domain';
import { plural, shorten } from '../../lib/format.js';
import { nameRestrictions, type TeamNames } from './use-team-names.js';

/** The settings as the drawer names them. */
export const SETTING_LABELS: Readonly<Record<keyof ClientSettings, string>> = {
  client_name: 'Client name',
  client_type: 'Client type',
  app_type: 'Application type',
  team_selection: 'Team selection',
  team_restrictions: 'Team restrictions',
  access_preset: 'Access permissions',
  access_token_lifetime_seconds: 'Access token lifetime',
  issue_refresh_token: 'Issue a refresh token',
  refresh_token_lifetime_seconds: 'Refresh token lifetime',
  redirect_uris: 'Allowed redirect URIs',
  resource_server: 'Resource server',
  resources: 'Resources',
  require_pushed_authorization_requests: 'Require pushed authorization requests',
  dpop_bound_access_tokens: 'Require DPoP',
  device_authorization: 'Device authorization',
};

const WORDS: Readonly<Record<string, string>> = {
  single: 'Single team',
  multiple: 'Multiple teams',
  read_only: 'Read-only access',
  full_access: 'Full access',
  confidential: 'Confidential',
  public: 'Public',
};

type Value = ClientSettings[keyof ClientSettings];

/** A setting's value in words. */
function settingText(name: keyof ClientSettings, value: Value, names: TeamNames): string {
  if (typeof value === 'number') return formatLifetime(value);
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (Array.isArray(value)) return value.join('\n') || 'None';
  if (typeof value === 'object') return restrictionsText(value, names);
  return name === 'client_name' ? value : (WORDS[value] ?? value);
}

/** Two values in words, so that they look different where they are: teams that may not be named are told apart by their ids. */
export function versionTexts(name: keyof ClientSettings, mine: Value, theirs: Value, names: TeamNames): [string, string] {
  const texts: [string, string] = [settingText(name, mine, names), settingText(name, theirs, names)];
  if (texts[0] !== texts[1] || JSON.stringify(mine) === JSON.stringify(theirs) || name !== 'team_restrictions') return texts;
  return [mine, theirs].map((value) => idsText(value as TeamRestrictions, names)) as [string, string];
}

function restrictionsText(value: TeamRestrictions, names: TeamNames): string {
  const [teams, organizations] = [value.team_ids.length, value.organization_ids.length];
  if (!teams && !organizations) return 'All teams';
  if (!names) {
    const parts = [teams && plural(teams, 'team', 'teams'), organizations && plural(organizations, 'organization', 'organizations')];
    return parts.filter(Boolean).join(' and ');
  }
  const { known, others } = nameRestrictions(value, names);
  return [...known, ...(others.length ? [plural(others.length, 'other', 'others')] : [])].join('\n');
}

function idsText({ organization_ids, team_ids }: TeamRestrictions, names: TeamNames): string {
  return [...organization_ids, ...team_ids].map((id) => names?.get(id) ?? shorten(id)).join('\n');
}
