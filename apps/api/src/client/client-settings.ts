import {
  checkClientSettings,
  type ClientSettings,
  DEFAULT_CLIENT_SETTINGS,
  risksToConfirm,
  type RiskCode,
  type SettingsLimits,
  type TeamRestrictions,
  type Violation,
} from '@behalf/domain';
import type { EntityManager } from 'typeorm';
import type { Directory } from '../directory/index.js';
import type { Actor } from '../platform/actor.js';
import { demandValid, Problem } from '../platform/problem.js';

/** The names of all settings, as they stand in bodies, columns and audit rows. */
export const SETTINGS = ['client_name', 'redirect_uris', ...Object.keys(DEFAULT_CLIENT_SETTINGS)] as (keyof ClientSettings)[];

/** Settings with what a request left out taken from elsewhere; members that are no settings are dropped. */
export function completeSettings(given: Partial<ClientSettings>, base: Partial<ClientSettings> = DEFAULT_CLIENT_SETTINGS): ClientSettings {
  const entries = SETTINGS.map((name) => [name, given[name] ?? base[name]]);
  const settings = Object.fromEntries(entries) as ClientSettings;
  const { team_ids, organization_ids } = settings.team_restrictions;
  return { ...settings, team_restrictions: { team_ids: [...new Set(team_ids)], organization_ids: [...new Set(organization_ids)] } };
}

interface Judges {
  readonly directory: Directory;
  readonly limits: SettingsLimits;
  readonly tx?: EntityManager;
}

/**
 * Demands settings that could be stored, whether they are or only asked about.
 *
 * @param before the client's settings until now; null for a new one
 * @throws Problem `validation-failed`
 */
export async function demandSettings(
  actor: Actor,
  before: ClientSettings | null,
  after: ClientSettings,
  { directory, limits, tx }: Judges,
): Promise<void> {
  const added = addedRestrictions(before?.team_restrictions, after.team_restrictions);
  const within = await directory.within(actor, added, tx);
  demandValid([...checkClientSettings(after, limits), ...checkReach(after.team_restrictions, added, within)]);
}

/**
 * Judges settings before they are stored.
 *
 * @param before the client's settings until now; null for a new one
 * @returns the risks that had to be confirmed, and were
 * @throws Problem `validation-failed`, or `confirmation-required` with the risks that nobody confirmed
 */
export async function judgeSettings(
  actor: Actor,
  before: ClientSettings | null,
  after: ClientSettings,
  confirmed_risks: readonly string[],
  judges: Judges,
): Promise<RiskCode[]> {
  await demandSettings(actor, before, after, judges);
  const risks = risksToConfirm(before, after, confirmed_risks as readonly RiskCode[]);
  if (risks.length) throw new Problem('confirmation-required', { members: { risks } });
  return risksToConfirm(before, after, []);
}

/** What an edit changes, each field with its value before and after. */
export function changesOf(before: ClientSettings, after: ClientSettings): Record<string, [unknown, unknown]> {
  const changed = SETTINGS.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, [before[name], after[name]]]));
}

/** Of confirmed risks the audit log keeps which. */
export function confirmationOf(risks: readonly RiskCode[]): Record<string, [unknown, unknown]> {
  return risks.length ? { confirmed_risks: [null, risks] } : {};
}

/** Entries may be kept and removed by anyone who may edit; only new ones must be within the editor's own reach. */
function addedRestrictions(before: TeamRestrictions | undefined, after: TeamRestrictions): TeamRestrictions {
  return {
    team_ids: after.team_ids.filter((id) => !before?.team_ids.includes(id)),
    organization_ids: after.organization_ids.filter((id) => !before?.organization_ids.includes(id)),
  };
}

function checkReach(all: TeamRestrictions, added: TeamRestrictions, within: ReadonlySet<string>): Violation[] {
  return (['team_ids', 'organization_ids'] as const).flatMap((kind) =>
    added[kind]
      .filter((id) => !within.has(id))
      .map((id) => ({
        pointer: `/team_restrictions/${kind}/${all[kind].indexOf(id)}`,
        code: 'not-found',
        detail: 'There is no such team or organization that you may act on.',
      })),
  );
}
