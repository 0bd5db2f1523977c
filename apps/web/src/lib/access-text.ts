import type { TeamRef } from '@behalf/domain';

/** 'Full access', 'Read-only', 'Sign-in only'. */
export function scopeText(scope: string): 'Full access' | 'Read-only' | 'Sign-in only' {
  const words = scope.split(' ');
  if (words.includes('write')) return 'Full access';
  return words.includes('read') ? 'Read-only' : 'Sign-in only';
}

/** 'Full access in Production, Staging'. */
export function accessText(scope: string, teams: readonly Pick<TeamRef, 'name'>[]): string {
  return `${scopeText(scope)} in ${teamsText(teams)}`;
}

export function teamsText(teams: readonly Pick<TeamRef, 'name'>[], none = 'no team now'): string {
  return teams.map(({ name }) => name).join(', ') || none;
}
