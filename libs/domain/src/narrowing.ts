import type { Violation } from './errors.js';
import { parseScope } from './scope.js';

/** What a live authorization holds. */
export interface HeldAccess {
  readonly team_ids: readonly string[];
  readonly scope: readonly string[];
}

/** What is to be left of it; what is not named stays as it is. */
export interface Narrowing {
  readonly team_ids?: readonly string[];
  readonly scope?: string;
}

/**
 * What is left of an authorization that is narrowed: a part of what it holds, never more and never nothing.
 * `write` keeps `read` with it, as wherever a scope is granted.
 *
 * @returns what is left, or the rules that the wish breaks
 */
export function narrowAccess(held: HeldAccess, wanted: Narrowing): HeldAccess | { readonly violations: Violation[] } {
  const words = wanted.scope === undefined ? held.scope : (parseScope(wanted.scope) ?? []);
  const scope = words.includes('write') && held.scope.includes('read') ? [...words, 'read'] : words;
  const team_ids = wanted.team_ids ?? held.team_ids;
  const violations = [
    ...(isPart(team_ids, held.team_ids) ? [] : [notAPart('/team_ids')]),
    ...(isPart(scope, held.scope) ? [] : [notAPart('/scope')]),
  ];
  if (violations.length) return { violations };
  return { team_ids: held.team_ids.filter((id) => team_ids.includes(id)), scope: held.scope.filter((word) => scope.includes(word)) };
}

function isPart(wanted: readonly string[], held: readonly string[]): boolean {
  return wanted.length > 0 && wanted.every((each) => held.includes(each));
}

function notAPart(pointer: string): Violation {
  return { pointer, code: 'not-a-subset', detail: 'Name at least one, and only such as the token has.' };
}
