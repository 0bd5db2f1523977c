import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';

/** Stands between an API and the server, under the server's public address: it counts what passes, and lets through what a test wants. */
export class Gate {
  /** Requests that came, as 'METHOD /path'. */
  readonly seen: string[] = [];
  /** `hang` never answers; `drop` ends the connection without an answer; `mangle` answers what is no answer. */
  mode: 'pass' | 'hang' | 'drop' | 'mangle' = 'pass';
  /** Called before a request is passed on, once it has come. */
  before: (path: string) => Promise<void> = () => Promise.resolve();
  /** Sockets that were opened to it. */
  connections = 0;
  #target = '';

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async open(): Promise<Gate> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const gate = new Gate(`http://localhost:${(server.address() as { port: number }).port}`, server);
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => void gate.#take(incoming, response));
    server.on('connection', () => (gate.connections += 1));
    return gate;
  }

  leadTo(target: string): void {
    this.#target = target;
  }

  count(path: string): number {
    return this.seen.filter((each) => each.endsWith(` ${path}`)).length;
  }

  reset(): void {
    this.seen.length = 0;
    this.mode = 'pass';
    this.before = () => Promise.resolve();
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url!.split('?', 1)[0]!;
    this.seen.push(`${incoming.method} ${path}`);
    if (this.mode === 'hang') return;
    if (this.mode === 'drop') return void incoming.socket.destroy();
    if (this.mode === 'mangle') return void response.end('<html>all is well</html>');
    await this.before(path);
    const { method, headers } = incoming;
    const passed = request(this.#target + incoming.url!, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    incoming.pipe(passed);
  }
}
