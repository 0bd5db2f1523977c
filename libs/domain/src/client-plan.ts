import { checkClientSettings, DEFAULT_CLIENT_SETTINGS, risksToConfirm } from './client-settings.js';
import { CLIENT_SETTINGS, checkClientShape } from './client-shape.js';
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
  /** Not declared, but what the plan is carried out with. */
  | { readonly kind: 'kept'; readonly client: Client }
  | { readonly kind: 'delete'; readonly client: Client };

export interface ClientPlan {
  readonly steps: readonly PlannedStep[];
  /** Where there is one, nothing is done. */
  readonly violations: readonly Violation[];
}

/**
 * Compares what is declared with what there is. A client is found by its id, or else by a name that only one client has.
 *
 * @param prune plans the deletion of what is not declared
 * @param own_client_id the client that the plan is carried out with: it is never deleted, and changed after everything else
 */
export function planClients(
  declared: readonly DeclaredClient[],
  existing: readonly Client[],
  prune: boolean,
  own_client_id: string | null = null,
): ClientPlan {
  const steps: PlannedStep[] = [];
  const violations: Violation[] = [];
  const taken = new Set<string>();
  const named = new Set<string>();
  for (const [index, each] of declared.entries()) {
    const planned = planDeclared(each, existing, taken, named);
    if ('faults' in planned)
      violations.push(...planned.faults.map((fault) => ({ ...fault, pointer: `/clients/${index}${fault.pointer}` })));
    else steps.push(planned.step);
  }
  const left = existing.filter(({ client_id }) => !taken.has(client_id));
  if (prune) for (const client of left) steps.push({ kind: client.client_id === own_client_id ? 'kept' : 'delete', client });
  const isOwn = (step: PlannedStep) => step.kind !== 'create' && step.client.client_id === own_client_id;
  return { steps: steps.toSorted((a, b) => Number(isOwn(a)) - Number(isOwn(b))), violations };
}

type Planned = { readonly step: PlannedStep } | { readonly faults: readonly Violation[] };

/** @param taken and `named`: the ids of the clients, and the names of the new ones, that are declared before; this one is added */
function planDeclared(declared: DeclaredClient, existing: readonly Client[], taken: Set<string>, named: Set<string>): Planned {
  const shape = checkClientShape(declared);
  if (shape.length) return { faults: shape };
  const found = findClient(declared, existing);
  if ('fault' in found) return { faults: [found.fault] };
  const [seen, key] = found.client ? [taken, found.client.client_id] : [named, declared.client_name ?? ''];
  if (key && seen.has(key)) return { faults: [violation('', 'repeated', 'Declares a client that is declared before.')] };
  seen.add(key);
  return planOne(declared, found.client);
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

function planOne(declared: DeclaredClient, client: Client | null): Planned {
  const { client_id: _, confirmed_risks = [], ...given } = declared;
  const before = client && settingsOf(client);
  // As on the server, a kind of restriction that is left out is none.
  const team_restrictions = given.team_restrictions && { ...DEFAULT_CLIENT_SETTINGS.team_restrictions, ...given.team_restrictions };
  const settings = {
    ...DEFAULT_CLIENT_SETTINGS,
    client_name: '',
    redirect_uris: [],
    ...before,
    ...given,
    ...(team_restrictions && { team_restrictions }),
  };
  const faults = checkClientSettings(settings);
  if (before && settings.client_type !== before.client_type)
    faults.push(violation('/client_type', 'fixed', 'Is fixed once the client exists.'));
  const risks = risksToConfirm(before, settings, confirmed_risks);
  if (risks.length) faults.push(violation('/confirmed_risks', 'confirmation-required', `Confirm ${risks.join(', ')}, or lower the risk.`));
  if (faults.length) return { faults };
  if (!client) return { step: { kind: 'create', settings, confirmed_risks } };
  const changed = CLIENT_SETTINGS.filter((name) => !same(before![name], settings[name]));
  if (!changed.length) return { step: { kind: 'unchanged', client } };
  const changes = Object.fromEntries(changed.map((name) => [name, settings[name]])) as Partial<ClientSettings>;
  return { step: { kind: 'change', client, changes, confirmed_risks } };
}

function settingsOf(client: Client): ClientSettings {
  return Object.fromEntries(CLIENT_SETTINGS.map((name) => [name, client[name]])) as unknown as ClientSettings;
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
