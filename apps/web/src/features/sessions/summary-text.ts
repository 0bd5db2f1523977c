import { type EffectiveAccess, isReadPermission } from '@behalf/domain';
import { teamsText } from '../../lib/access-text.js';
import { plural } from '../../lib/format.js';
import { nameOf } from './access-text.js';

/** The whole answer in one sentence or two. */
export function summaryText(access: EffectiveAccess, one: boolean): string {
  const { client, user, basis, live_tokens } = access;
  const name = nameOf(user);
  if (basis === 'none') return `${client.client_name} can do nothing: ${name} has approved nothing that still stands.`;
  const teams = access.teams.filter(({ result }) => result);
  const permissions = access.permissions.filter(({ result }) => result);
  const source = one
    ? 'This token'
    : basis === 'tokens'
      ? `${client.client_name}, with ${plural(live_tokens, 'live token', 'live tokens')},`
      : `${client.client_name} has no live token; with the approval that is remembered it`;
  if (client.status === 'disabled') return `${source} can do nothing: ${client.client_name} is paused.`;
  if (user.status === 'disabled') return `${source} can do nothing: ${name} is disabled.`;
  if (!teams.length) return `${source} can do nothing: no team is left that all three sides allow.`;
  if (!permissions.length) return `${source} can learn who ${name} is, and call nothing else.`;
  const verb = permissions.every(({ permission }) => isReadPermission(permission)) ? 'can read' : 'can read and change';
  return `${source} ${verb} what ${name} may, in ${teamsText(teams)}: ${plural(permissions.length, 'permission', 'permissions')} of ${access.permissions.length}.`;
}
