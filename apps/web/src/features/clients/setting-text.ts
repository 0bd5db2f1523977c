import { type ClientSettings, formatLifetime } from '@behalf/domain';
import { plural } from '../../lib/format.js';

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
};

const WORDS: Readonly<Record<string, string>> = {
  single: 'Single team',
  multiple: 'Multiple teams',
  read_only: 'Read-only access',
  full_access: 'Full access',
  confidential: 'Confidential',
  public: 'Public',
};

/** A setting's value in words. */
export function settingText(name: keyof ClientSettings, value: ClientSettings[keyof ClientSettings]): string {
  if (typeof value === 'number') return formatLifetime(value);
  if (typeof value === 'boolean') return value ? 'On' : 'Off';
  if (Array.isArray(value)) return value.join('\n') || 'None';
  if (typeof value === 'object') {
    const [teams, organizations] = [value.team_ids.length, value.organization_ids.length];
    const parts = [teams && plural(teams, 'team', 'teams'), organizations && plural(organizations, 'organization', 'organizations')];
    return parts.filter(Boolean).join(' and ') || 'All teams';
  }
  return name === 'client_name' ? value : (WORDS[value] ?? value);
}
