import {
  type Client,
  type ClientPlan,
  type CreatedClient,
  type DeclaredClient,
  LIST_LIMIT,
  type Page,
  planClients,
  type PlannedStep,
} from '@behalf/domain';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { writeSecretFile } from './credentials.js';
import { fail } from './fault.js';
import type { Server } from './server.js';

const CLIENTS = '/api/v1/oauth-clients';

/**
 * Reads a file of declared clients and compares it with the server.
 *
 * @throws Fault for a file that is none, and for every rule that a declared client breaks
 */
export async function plan(server: Server, file: string, prune: boolean): Promise<ClientPlan['steps']> {
  const { steps, violations } = planClients(declaredIn(file), await allClients(server), prune, server.client_id);
  if (violations.length) fail(`${file} has faults:`, ...violations.map(({ pointer, detail }) => `  ${pointer}: ${detail}`));
  return steps;
}

/** A step in lines, with what was and what will be. */
export function describeStep(step: PlannedStep): string[] {
  if (step.kind === 'create') {
    return [
      `+ ${step.settings.client_name}`,
      ...Object.entries(step.settings).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`),
    ];
  }
  const title = `${step.client.client_name} (${step.client.client_id})`;
  if (step.kind === 'unchanged') return [`= ${title}`];
  if (step.kind === 'kept') return [`= ${title}, kept: this command signs in with it`];
  if (step.kind === 'delete') return [`- ${title}, with ${step.client.live_tokens} live tokens`];
  const current = step.client as unknown as Record<string, unknown>;
  return [
    `~ ${title}`,
    ...Object.entries(step.changes).map(([name, to]) => `    ${name}: ${JSON.stringify(current[name])} → ${JSON.stringify(to)}`),
  ];
}

/** Does one step; answers the client that was made, with the secret that is shown this once. */
export async function apply(server: Server, step: PlannedStep): Promise<CreatedClient | null> {
  switch (step.kind) {
    case 'create':
      return server.call<CreatedClient>('POST', CLIENTS, { ...step.settings, confirmed_risks: step.confirmed_risks });
    case 'change': {
      // The version is that of the plan: what somebody else changed since then is not overwritten.
      const { client, changes, confirmed_risks } = step;
      await server.call('PATCH', `${CLIENTS}/${client.client_id}`, { ...changes, version: client.version, confirmed_risks });
      return null;
    }
    case 'delete':
      await server.call('POST', `${CLIENTS}/${step.client.client_id}/delete`, { confirm_name: step.client.client_name });
      return null;
    case 'unchanged':
    case 'kept':
      return null;
  }
}

/**
 * Opens a file of secrets, readable by its owner alone, and writes it once as it is: a secret is shown once, so what
 * stops its keeping has to show before a client is made.
 *
 * @returns what adds the secret of a new client
 * @throws Fault where the file holds something else, or cannot be written
 */
export function openSecrets(file: string): (created: CreatedClient) => void {
  let kept = {};
  const write = () => writeSecretFile(file, `${JSON.stringify(kept, null, 2)}\n`);
  try {
    kept = secretsIn(file);
    write();
  } catch (error) {
    fail(`--secrets ${file} cannot be used: ${(error as Error).message}`, 'Nothing was done.');
  }
  return ({ client: { client_id, client_name }, client_secret }) => {
    kept = { ...kept, [client_id]: { client_name, client_secret } };
    write();
  };
}

function secretsIn(file: string): object {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  const read: unknown = JSON.parse(text);
  return typeof read === 'object' && read !== null && !Array.isArray(read) ? read : fail('it holds no secrets by client id.');
}

function declaredIn(file: string): DeclaredClient[] {
  let read: unknown;
  try {
    read = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    fail(`${file} cannot be read: ${(error as Error).message}`);
  }
  const clients = (read as { clients?: unknown } | null)?.clients;
  const good = Array.isArray(clients) && clients.every((each) => typeof each === 'object' && each !== null && !Array.isArray(each));
  return good ? (clients as DeclaredClient[]) : fail(`${file} must hold a list under the key clients.`);
}

async function allClients(server: Server): Promise<Client[]> {
  const found: Client[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<Client> = await server.call('GET', `${CLIENTS}?limit=${LIST_LIMIT.max}&sort=created_at${more}`);
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}
