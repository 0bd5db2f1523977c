import type { Api } from './api.js';
import { Browser } from './browser.js';

/** The same browser at another process. */
export function over(browser: Browser, { issuer }: Pick<Api, 'issuer'>): Browser {
  return Object.assign(new Browser({ issuer }), { cookies: new Map(browser.cookies) });
}

/** The statuses of answers that came in any order. */
export function statuses(answers: readonly { status: number }[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b);
}

/** Runs a race again and again, one after the other. */
export async function times(rounds: number, run: (round: number) => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await run(round);
}

/** The actions that the audit log holds about a target, in order of their names. */
export async function audited(api: Api, target_id: string): Promise<string[]> {
  const rows = await api.sql<{ action: string }>('SELECT action FROM audit_event WHERE target_id = $1 ORDER BY action', [target_id]);
  return rows.map(({ action }) => action);
}
