import type { Violation } from '@behalf/domain';
import { ProblemError } from './http.js';

/** What the server found wrong, by field: `/new_password` is `new_password`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  return byField(error.document.errors ?? []);
}

/** The same for what the rules library found, before anything is sent. */
export function byField(violations: readonly (Violation | null)[]): Record<string, string> {
  const found = violations.filter((violation) => violation !== null);
  return Object.fromEntries(found.map(({ pointer, detail }) => [pointer.slice(1).replaceAll('/', '.'), detail]));
}
