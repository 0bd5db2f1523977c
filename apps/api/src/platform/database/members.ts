import { callbackify } from 'node:util';
import pg from 'pg';

const URL_PARTS = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^/?#]*)([^?#]*)(\?[^#]*)?$/;
/** What libpq calls a server that takes writes, in either of its words. */
const PRIMARY: readonly string[] = ['read-write', 'primary'];

/** PostgreSQL's own SQLSTATE for a write that a standby is asked for. */
const READ_ONLY = '25006';
/** Shorter than what a pool waits for a connection, so that the connection itself has time too. */
const SEARCH_MILLISECONDS = 2_500;

/**
 * A database's URL, or one that names several members of a cluster as libpq does (`postgres://host,other:5433/behalf`).
 *
 * @returns one URL a member, in their order
 * @throws Error where it is no such URL, or asks for another server than the one that takes writes
 */
export function membersOf(url: string): [string, ...string[]] {
  const [, login, hosts, path, query = ''] = URL_PARTS.exec(url) ?? [];
  if (login === undefined || hosts === undefined) throw new Error('must be a URL that begins with postgres://');
  const parameters = new URLSearchParams(query);
  const wanted = parameters.get('target_session_attrs');
  if (wanted !== null && !PRIMARY.includes(wanted))
    throw new Error('must not ask for a server that takes no writes (target_session_attrs)');
  // Nobody else who reads the URL knows it, and it says nothing that does not hold without it.
  parameters.delete('target_session_attrs');
  const kept = wanted === null ? query : parameters.size ? `?${parameters.toString()}` : '';
  const rest = `${path}${kept}`;
  const [first = '', ...others] = hosts.split(',').map((host) => `${login}${host}${rest}`);
  const members: [string, ...string[]] = [first, ...others];
  if (members.length > 1 && hosts.split(',').includes('')) throw new Error('must name a host before and after each comma');
  if (!members.every((member) => URL.canParse(member))) throw new Error('must be a URL that begins with postgres://');
  return members;
}

/**
 * A connection to the server that takes writes, whichever member that is now. A standby is refused, also where one address stands for a
 * balancer that has not heard yet: what it has not replayed yet it would answer as if it had not happened. It is asked once, since a server
 * that becomes a standby ends its connections.
 *
 * @param url of one or several members
 * @param Base what else the connection is
 */
export function primaryClient(url: string, Base: typeof pg.Client = pg.Client): typeof pg.Client {
  const members = membersOf(url);
  /** Many connections are made at once: they ask together. */
  let search: Promise<Where> | undefined;
  return class PrimaryClient extends Base {
    constructor(private readonly given?: pg.ClientConfig) {
      super(given);
    }

    // Both forms, as the driver has them: its pools want to be called back.
    override connect(...given: ((error: Error | null) => void)[]): never {
      const [callback] = given;
      return (callback ? callbackify(() => this.#connect())(callback) : this.#connect()) as never;
    }

    async #connect(): Promise<void> {
      if (members.length > 1) {
        search ??= findPrimary(this.given, members).finally(() => (search = undefined));
        Object.assign(this, await search);
        // A pool that has waited for too long has closed what was not open yet.
        if (this.connection.stream.destroyed) throw Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' });
      }
      const greeting = hearGreeting(this);
      await super.connect();
      if (greeting.is_standby) await refuse(this);
    }
  };
}

interface Where {
  readonly host: string;
  readonly port: number;
}

/** @returns where the first member is that says it takes writes; rejects with why one of them could not be asked, where none does */
async function findPrimary(given: pg.ClientConfig | undefined, members: readonly string[]): Promise<Where> {
  const asked = members.map(async (connectionString) => {
    const probe = new pg.Client({ ...given, connectionString, connectionTimeoutMillis: SEARCH_MILLISECONDS });
    const greeting = hearGreeting(probe);
    probe.on('error', () => undefined);
    await probe.connect();
    if (greeting.is_standby) await refuse(probe);
    void probe.end();
    return { host: probe.host, port: probe.port };
  });
  try {
    return await Promise.any(asked);
  } catch (error) {
    const { errors } = error as AggregateError;
    throw errors.find(({ code }: { code?: string }) => code === READ_ONLY) ?? errors[0];
  }
}

/** PostgreSQL says in its greeting whether it is a standby (since 14). */
function hearGreeting(client: pg.Client): { is_standby: boolean } {
  const greeting = { is_standby: false };
  client.connection.on('parameterStatus', ({ parameterName, parameterValue }: { parameterName: string; parameterValue: string }) => {
    if (parameterName === 'in_hot_standby') greeting.is_standby = parameterValue === 'on';
  });
  return greeting;
}

async function refuse(client: pg.Client): Promise<never> {
  await client.end().catch(() => undefined);
  throw Object.assign(new Error('the database is a standby, which takes no writes'), { code: READ_ONLY });
}
