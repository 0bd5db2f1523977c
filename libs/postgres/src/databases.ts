import pg from 'pg';

/**
 * Creates a database on the server that `url` leads to, as a copy of `template` when one is named.
 * Nobody may be connected to the template while it is copied.
 *
 * @returns the URL of the new database, with the same user
 */
export async function createDatabase(url: string, name: string, template?: string): Promise<string> {
  const source = template === undefined ? '' : ` TEMPLATE ${pg.escapeIdentifier(template)}`;
  await withClient(url, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}${source}`));
  const created = new URL(url);
  created.pathname = `/${encodeURIComponent(name)}`;
  return created.href;
}

/** Creates the database unless it is there. */
export async function ensureDatabase(url: string, name: string): Promise<void> {
  const { rowCount } = await withClient(url, (client) => client.query('SELECT FROM pg_database WHERE datname = $1', [name]));
  if (!rowCount) await createDatabase(url, name);
}

/** Drops the database, and ends whatever connections to it are left. One that does not exist is no fault. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await withClient(url, (client) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`));
}

async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
