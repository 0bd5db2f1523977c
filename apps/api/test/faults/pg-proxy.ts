import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong with what a connection was about to say. */
export type Fault =
  /** PostgreSQL refuses the statement, which never reaches it. */
  | { readonly kind: 'error'; readonly sqlstate: string }
  /** The connection is lost before the statement was forwarded; after it was, unheard; when it was done; or within its answer. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'sent' | 'done' | 'answering' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The statement is done, and from then on no answer comes on its connection, which stays open. */
  | { readonly kind: 'swallow' }
  /** Nothing is forwarded, nothing is answered, and neither side hears that the other one is gone. */
  | { readonly kind: 'stall' };

/**
 * @param statement the texts of what is sent together; 'CONNECT' for a connection that begins
 * @param lane the connection it is sent on, to be told from others
 */
export type Judge = (statement: string, lane: object) => Fault | null;

interface Message {
  /** Empty for the one that begins a connection. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Statements that change something, by themselves or within a transaction; not what begins or ends one. */
export const WRITES = /^\s*(INSERT|UPDATE|DELETE|WITH\b[\s\S]*\b(INSERT INTO|UPDATE [a-z]|DELETE FROM))/;
export const COMMIT = /^COMMIT/;

/** A way to a PostgreSQL on which accidents happen, one connection at a time, as a test says. */
export class PgProxy {
  /** How many faults there were so far. */
  faults = 0;
  #judge: Judge = () => null;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    /** The address of the database by this way. */
    readonly url: string,
  ) {}

  static async start(url: string): Promise<PgProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const here = new URL(url);
    here.port = String((server.address() as AddressInfo).port);
    const proxy = new PgProxy(server, here.href);
    const there = { host: '127.0.0.1', port: Number(new URL(url).port) };
    server.on('connection', (client) => {
      const database = connect(there);
      for (const socket of [client, database]) proxy.#keep(socket);
      const lane = new Connection(client, database, (statement) => proxy.#decide(statement, client));
      client.on('data', (bytes) => lane.hear(bytes));
      database.on('data', (bytes) => lane.answer(bytes));
      client.on('close', () => lane.isSilent || database.destroy());
      database.on('close', () => client.destroy());
    });
    return proxy;
  }

  /** From now on whatever is sent is judged by this; null lets everything pass. */
  inject(judge: Judge | null): void {
    this.#judge = judge ?? (() => null);
  }

  /** Injects one fault, at the first thing sent that fits. */
  injectOnce(pattern: RegExp, fault: Fault): void {
    let left = 1;
    this.inject((statement) => (pattern.test(statement) && left-- > 0 ? fault : null));
  }

  /** Injects one fault, at the COMMIT of the first transaction that has sent what fits, whatever others commit meanwhile. */
  injectAtCommitOf(pattern: RegExp, fault: Fault): void {
    let of: object | null = null;
    let left = 1;
    this.inject((statement, lane) => {
      if (pattern.test(statement)) of ??= lane;
      return of === lane && COMMIT.test(statement) && left-- > 0 ? fault : null;
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #decide(statement: string, lane: object): Fault | null {
    const fault = this.#judge(statement, lane);
    if (fault) this.faults += 1;
    return fault;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

/** One connection: what the client sends is gathered up to where PostgreSQL would answer it, and judged as one thing. */
class Connection {
  #heard = Buffer.alloc(0);
  #said = Buffer.alloc(0);
  #begun = false;
  readonly #group: Message[] = [];
  /** What was prepared under a name. */
  readonly #prepared = new Map<string, string>();
  /** As the last ReadyForQuery told: idle, in a transaction, in a failed one. */
  #state = 'I';
  #muted: 'done' | 'answering' | 'swallow' | null = null;
  #turn = Promise.resolve();
  /** Both sides are left alone with a connection on which nothing passes any more. */
  isSilent = false;

  constructor(
    private readonly client: Socket,
    private readonly database: Socket,
    private readonly judge: (statement: string) => Fault | null,
  ) {}

  hear(bytes: Buffer): void {
    this.#heard = Buffer.concat([this.#heard, bytes]);
    for (let message = this.#next(); message; message = this.#next()) {
      this.#group.push(message);
      // Sync, a simple query, a password, the end, and whatever comes before the first ReadyForQuery stand for themselves.
      if (['S', 'Q', 'X', 'p', 'H', ''].includes(message.type)) this.#take(this.#group.splice(0));
    }
  }

  answer(bytes: Buffer): void {
    if (this.#muted === 'answering') {
      this.client.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => this.#cut());
      return;
    }
    this.#watch(bytes);
    if (this.#muted === null) this.client.write(bytes);
  }

  #next(): Message | null {
    const offset = this.#begun ? 1 : 0;
    if (this.#heard.length < offset + 4) return null;
    const end = offset + this.#heard.readInt32BE(offset);
    if (this.#heard.length < end) return null;
    const bytes = this.#heard.subarray(0, end);
    this.#heard = this.#heard.subarray(end);
    const type = this.#begun ? String.fromCharCode(bytes[0]!) : '';
    this.#begun = true;
    return { type, bytes };
  }

  #take(group: readonly Message[]): void {
    const bytes = Buffer.concat(group.map((message) => message.bytes));
    const fault = this.judge(this.#textOf(group));
    this.#turn = this.#turn.then(() => this.#suffer(fault, bytes));
  }

  async #suffer(fault: Fault | null, bytes: Buffer): Promise<void> {
    this.isSilent ||= fault?.kind === 'stall';
    if (this.isSilent) return;
    if (fault?.kind === 'error') return void this.client.write(refusal(fault.sqlstate, this.#state === 'I' ? 'I' : 'E'));
    if (fault?.kind === 'cut' && fault.when === 'before') return this.#cut();
    if (fault?.kind === 'delay') await sleep(fault.milliseconds);
    if (fault?.kind === 'cut' && fault.when === 'sent') return void this.database.write(bytes, () => this.#cut());
    if (fault?.kind === 'cut' && fault.when !== 'before') this.#muted = fault.when as 'done' | 'answering';
    if (fault?.kind === 'swallow') this.#muted = 'swallow';
    this.database.write(bytes);
  }

  #textOf(group: readonly Message[]): string {
    return (
      group
        .map(({ type, bytes }) => {
          if (type === '') return 'CONNECT';
          if (type === 'Q') return textAt(bytes, 5);
          const name = type === 'P' ? textAt(bytes, 5) : '';
          const prepared = type === 'P' ? textAt(bytes, 6 + Buffer.byteLength(name)) : '';
          if (type === 'P') this.#prepared.set(name, prepared);
          // A Bind names its portal, which is unnamed here, and then its statement.
          return type === 'B' ? (this.#prepared.get(textAt(bytes, 6 + Buffer.byteLength(textAt(bytes, 5)))) ?? '') : '';
        })
        .find(Boolean) ?? ''
    );
  }

  /** Follows the answers up to each ReadyForQuery, and there takes the connection away where that was wanted. */
  #watch(bytes: Buffer): void {
    this.#said = Buffer.concat([this.#said, bytes]);
    while (this.#said.length >= 5) {
      const end = 1 + this.#said.readInt32BE(1);
      if (this.#said.length < end) return;
      if (this.#said[0] === 0x5a) {
        this.#state = String.fromCharCode(this.#said[5]!);
        if (this.#muted === 'done') this.#cut();
      }
      this.#said = this.#said.subarray(end);
    }
  }

  #cut(): void {
    this.client.destroy();
    this.database.destroy();
  }
}

function textAt(bytes: Buffer, start: number): string {
  return bytes.toString('utf8', start, bytes.indexOf(0, start));
}

/** ErrorResponse and ReadyForQuery, as PostgreSQL would have sent them. */
function refusal(sqlstate: string, state: string): Buffer {
  const fields = `SERROR\0VERROR\0C${sqlstate}\0Minjected by the test\0\0`;
  const error = Buffer.alloc(5);
  error.write('E');
  error.writeInt32BE(4 + Buffer.byteLength(fields), 1);
  return Buffer.concat([error, Buffer.from(fields), Buffer.from(`Z\0\0\0\x05${state}`)]);
}
