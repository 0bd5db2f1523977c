import type { AuditEvent } from '@behalf/domain';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

type Event = AuditEvent & { organization_id: string | null };

/** One request that came, whatever it was answered. */
export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly events: Event[];
  readonly status: number;
}

/** How a request is answered: a status with headers, or never. */
export type Behaviour = { readonly status: number; readonly headers?: Record<string, string> } | 'silence';

/** A receiver of webhooks that does as it is told. */
export class Receiver {
  readonly received: Received[] = [];
  behaviour: (nth: number) => Behaviour = () => ({ status: 204 });
  readonly #server = createServer((request, response) => void this.#take(request, response));
  #port = 0;

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await receiver.open();
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook/its-secret-path`;
  }

  /** Opens its port, the same one after it was closed. */
  async open(): Promise<void> {
    if (!this.#server.listening) await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as { port: number }).port;
  }

  /** From now on nobody is there. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The events that it took, in the order in which they came. */
  get taken(): Event[] {
    return this.received.filter(({ status }) => status < 300).flatMap(({ events }) => events);
  }

  /** Waits until something is so; `meanwhile` runs between two looks. */
  async until(so: (receiver: Receiver) => boolean, meanwhile: () => Promise<unknown> = () => sleep(50)): Promise<void> {
    const deadline = performance.now() + 30_000;
    while (!so(this)) {
      if (performance.now() > deadline)
        throw new Error(
          `it did not come to that: ${this.received.map(({ status, events }) => `${status} for ${events.length}`).join(', ')}`,
        );
      await meanwhile();
    }
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { events } = (JSON.parse(body) as { data: { events: Event[] } }).data;
    const behaviour = this.behaviour(this.received.length);
    const status = behaviour === 'silence' ? 599 : behaviour.status;
    this.received.push({ headers: request.headers as Record<string, string>, body, events, status });
    if (behaviour !== 'silence') response.writeHead(behaviour.status, behaviour.headers).end('{"ok":true}');
  }
}
