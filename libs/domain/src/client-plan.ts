import { checkClientSettings, DEFAULT_CLIENT_SETTINGS, risksToConfirm } from './client-settings.js';
import type { Violation } from './errors.js';
import type { Client, ClientSettings, RiskCode } from './wire.js';

/** A client as a file declares it: what it leaves out stays as it is, or is the default for a new one. */
export interface DeclaredClient extends Partial<ClientSettings> {
  readonly client_id?: string;
  readonly confirmed_risks?: readonly RiskCode[];
}

/** What has to be done so that the server holds what a file declares. */
export type PlannedStep =
  | { readonly kind: 'create'; readonly settings: ClientSettings; readonly confirmed_risks: readonly RiskCode[] }
  | {
      readonly kind: 'change';
      readonly client: Client;
      readonly changes: Partial<ClientSettings>;
      readonly confirmed_risks: readonly RiskCode[];
    }
  | { readonly kind: 'unchanged'; readonly client: Client }
  | { readonly kind: 'delete'; readonly client: Client };

export interface ClientPlan {
  readonly steps: readonly PlannedStep[];
  /** Where there is one, nothing is done. */
  readonly violations: readonly Violation[];
}

const SETTINGS = [
  'client_name',
  'client_type',
  'app_type',
  'team_selection',
  'team_restrictions',
  'access_preset',
  'access_token_lifetime_seconds',
  'issue_refresh_token',
  'refresh_token_lifetime_seconds',
  'redirect_uris',
  'resource_server',
] as const satisfies readonly (keyof ClientSettings)[];
const KNOWN: ReadonlySet<string> = new Set([...SETTINGS, 'client_id', 'confirmed_risks']);

/**
 * Compares what is declared with what there is. A client is found by its id, or else by a name that only one client has.
 *
 * @param prune plans the deletion of what is not declared
 */
export function planClients(declared: readonly DeclaredClient[], existing: readonly Client[], prune: boolean): ClientPlan {
  const steps: PlannedStep[] = [];
  const violations: Violation[] = [];
  const taken = new Set<string>();
  for (const [index, each] of declared.entries()) {
    const found = findClient(each, existing);
    const repeated = 'client' in found && found.client && taken.has(found.client.client_id);
    const faults = [
      ...Object.keys(each).flatMap((name) => (KNOWN.has(name) ? [] : [violation(`/${name}`, 'unknown', 'Is not a setting of a client.')])),
      ...('fault' in found ? [found.fault] : []),
      ...(repeated ? [violation('', 'repeated', 'Declares a client that is declared before.')] : []),
    ];
    const planned = faults.length || 'fault' in found ? { faults } : planOne(each, found.client);
    if ('faults' in planned)
      violations.push(...planned.faults.map((fault) => ({ ...fault, pointer: `/clients/${index}${fault.pointer}` })));
    else steps.push(planned.step);
    if ('client' in found && found.client) taken.add(found.client.client_id);
  }
  const left = existing.filter(({ client_id }) => !taken.has(client_id));
  if (prune) for (const client of left) steps.push({ kind: 'delete', client });
  return { steps, violations };
}

type Found = { readonly client: Client | null } | { readonly fault: Violation };

function findClient({ client_id, client_name }: DeclaredClient, existing: readonly Client[]): Found {
  if (client_id !== undefined) {
    const client = existing.find((each) => each.client_id === client_id);
    return client ? { client } : { fault: violation('/client_id', 'not-found', 'Is no client of this organization.') };
  }
  const named = existing.filter((each) => each.client_name === client_name);
  if (named.length > 1) return { fault: violation('/client_name', 'ambiguous', 'Is the name of several clients: declare the client_id.') };
  return { client: named[0] ?? null };
}

function planOne(declared: DeclaredClient, client: Client | null): { readonly step: PlannedStep } | { readonly faults: Violation[] } {
  const { client_id: _, confirmed_risks = [], ...given } = declared;
  const before = client && settingsOf(client);
  const settings = { ...DEFAULT_CLIENT_SETTINGS, client_name: '', redirect_uris: [], ...before, ...given };
  const faults = checkClientSettings(settings);
  if (before && settings.client_type !== before.client_type)
    faults.push(violation('/client_type', 'fixed', 'Is fixed once the client exists.'));
  const risks = risksToConfirm(before, settings, confirmed_risks);
  if (risks.length) faults.push(violation('/confirmed_risks', 'confirmation-required', `Confirm ${risks.join(', ')}, or lower the risk.`));
  if (faults.length) return { faults };
  if (!client) return { step: { kind: 'create', settings, confirmed_risks } };
  const changed = SETTINGS.filter((name) => !same(before![name], settings[name]));
  if (!changed.length) return { step: { kind: 'unchanged', client } };
  const changes = Object.fromEntries(changed.map((name) => [name, settings[name]])) as Partial<ClientSettings>;
  return { step: { kind: 'change', client, changes, confirmed_risks } };
}

function settingsOf(client: Client): ClientSettings {
  return Object.fromEntries(SETTINGS.map((name) => [name, client[name]])) as unknown as ClientSettings;
}

/** The order in a list of teams or addresses means nothing. */
function same(before: unknown, after: unknown): boolean {
  return canonical(before) === canonical(after);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical).toSorted((a, b) => (a < b ? -1 : 1)));
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  return JSON.stringify(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, canonical(each)]),
  );
}

function violation(pointer: string, code: string, detail: string): Violation {
  return { pointer, code, detail };
}
