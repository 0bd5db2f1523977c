import { randomBytes, randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { ConfigError } from '../platform/config.js';
import { seal, unseal } from '../platform/crypto.js';
import { ChainKey, GENESIS, SEAL, type Seal } from './chain.js';

/** Whoever runs statements: a transaction, or a connection. */
export type Database = Pick<EntityManager, 'query'>;

/** Any number that no other program of the database uses: whoever holds it appends to the chain. */
export const CHAIN_LOCK = 4_827_131_903;

const KEY_BYTES = 32;
const labelOf = (id: string): string => `audit-chain ${id}`;

/**
 * Opens the chain's key.
 *
 * @returns null where there is no chain yet
 * @throws ConfigError where none of the keys opens it, Error where it is gone although there is a chain
 */
export async function openChainKey(database: Database, secret_keys: readonly Buffer[]): Promise<ChainKey | null> {
  const opened = await open(database, secret_keys);
  return opened && new ChainKey(opened.plaintext);
}

/**
 * Opens the chain's key, and seals it again under the current SECRET_KEY when an older one had sealed it. The first
 * process of a new database makes it, while the others wait.
 */
export async function provideChainKey(tx: EntityManager, secret_keys: readonly Buffer[]): Promise<ChainKey> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [CHAIN_LOCK]);
  const current = secret_keys[0]!;
  const known = await open(tx, secret_keys);
  const id = known?.id ?? randomUUID();
  const key = known?.plaintext ?? randomBytes(KEY_BYTES);
  if (!known) await tx.query('INSERT INTO audit_key (id, sealed_key) VALUES ($1, $2)', [id, seal(current, labelOf(id), key)]);
  else if (known.key_index > 0) await tx.query('UPDATE audit_key SET sealed_key = $2 WHERE id = $1', [id, seal(current, labelOf(id), key)]);
  return new ChainKey(key);
}

/** Every stored secret with the label that it was sealed under, for who asks which key opens it. */
export async function sealedSecrets(database: Database): Promise<{ what: string; label: string; secret: Buffer }[]> {
  const chain = await database.query<{ id: string; sealed_key: Buffer }[]>('SELECT id, sealed_key FROM audit_key');
  const signing = await database.query<{ kid: string; sealed_private_key: Buffer }[]>('SELECT kid, sealed_private_key FROM signing_key');
  return [
    ...chain.map(({ id, sealed_key }) => ({ what: 'the audit log’s key', label: labelOf(id), secret: sealed_key })),
    ...signing.map(({ kid, sealed_private_key }) => ({ what: `signing key ${kid}`, label: kid, secret: sealed_private_key })),
  ];
}

async function open(database: Database, secret_keys: readonly Buffer[]) {
  const [row] = await database.query<{ id: string; sealed_key: Buffer }[]>(
    'SELECT id, sealed_key FROM audit_key ORDER BY created_at LIMIT 1',
  );
  if (!row) {
    const [sealed] = await database.query<unknown[]>('SELECT 1 FROM audit_seal LIMIT 1');
    if (sealed) throw new Error('The key of the audit log is gone from audit_key although the log is sealed: restore it from a backup.');
    return null;
  }
  const opened = unseal(secret_keys, labelOf(row.id), row.sealed_key);
  if (!opened) {
    throw new ConfigError([
      'SECRET_KEY lacks the key that sealed the key of the audit log: put it back at the end of the list, or begin a new chain as docs/operations.md says',
    ]);
  }
  return { id: row.id, ...opened };
}

/** The newest seal; what stands before the first one where there is none. */
export async function readHead(database: Database): Promise<Pick<Seal, 'number' | 'mac' | 'position' | 'event_id'>> {
  const [head] = await database.query<Seal[]>(`SELECT ${SEAL} FROM audit_seal s ORDER BY s.number DESC LIMIT 1`);
  return head ?? GENESIS;
}

/** What a new seal says, apart from its place in the chain. */
export type SealContent = Pick<Seal, 'position' | 'event_id' | 'actions' | 'leaves' | 'kept_from' | 'anchor'>;

const INSERT = `
INSERT INTO audit_seal (number, previous, sealed_at, position, event_id, actions, leaves, kept_from, anchor, mac)
SELECT $1, $2, e + $3 * m, $4, $5, $6, $7, e + $8 * m, $9, $10 FROM (SELECT timestamptz 'epoch' AS e, interval '1 microsecond' AS m) t`;

/**
 * Appends a seal behind the head. The caller holds CHAIN_LOCK; should two ever append at once, the number lets one of
 * them through.
 *
 * @param now what tests put in place of the database's clock
 */
export async function appendSeal(
  tx: Database,
  key: ChainKey,
  head: Pick<Seal, 'number' | 'mac'>,
  content: SealContent,
  now: Date | null,
): Promise<Pick<Seal, 'number' | 'mac'>> {
  const [{ sealed_at }] = await tx.query<[{ sealed_at: string }]>(
    'SELECT (extract(epoch FROM coalesce($1::timestamptz, clock_timestamp())) * 1000000)::bigint::text AS sealed_at',
    [now],
  );
  const link = { ...content, number: String(BigInt(head.number) + 1n), previous: head.mac, sealed_at };
  const mac = key.mac(link);
  const { number, previous, position, event_id, actions, leaves, kept_from, anchor } = link;
  await tx.query(INSERT, [number, previous, sealed_at, position, event_id, actions, leaves, kept_from, anchor, mac]);
  return { number, mac };
}
