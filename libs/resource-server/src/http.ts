import { Agent, errors, request } from 'undici';

/** More than any answer of the authorization server; a bound, so that a broken one fills no memory. */
const MAX_ANSWER_BYTES = 256 * 1024;

export interface Answer {
  readonly status: number;
  readonly retry_after: string | undefined;
  /** The body as JSON; undefined for what is none. */
  readonly body: unknown;
}

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export type Send = (url: string, question: Question) => Promise<Answer>;

/** Sends to the authorization server over connections that are kept. Redirects are not followed: credentials go where they were meant to. */
export class Http {
  readonly #agent: Agent;

  constructor(connections: number) {
    this.#agent = new Agent({ connections });
  }

  /** @throws Error when there is no whole answer before `signal` */
  readonly send: Send = async (url, question) => {
    try {
      return await this.#once(url, question);
    } catch (thrown) {
      // A kept connection that the other side has just closed says nothing of the server; what is asked here may be asked twice.
      if (!(thrown instanceof errors.SocketError) || question.signal.aborted) throw thrown;
      return this.#once(url, question);
    }
  };

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #once(url: string, { method, headers = {}, body, signal }: Question): Promise<Answer> {
    const options = { dispatcher: this.#agent, method, headers: { accept: 'application/json', ...headers }, body: body ?? null, signal };
    const response = await request(url, options);
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
      chunks.push(chunk);
    }
    const retry_after = response.headers['retry-after'];
    return {
      status: response.statusCode,
      retry_after: typeof retry_after === 'string' ? retry_after : undefined,
      body: parsed(Buffer.concat(chunks).toString('utf8')),
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** RFC 6749 §2.3.1: both halves are form-url-encoded before they are joined. */
export function basicAuthorization(client_id: string, client_secret: string): string {
  const [user, password] = [client_id, client_secret].map((half) => new URLSearchParams({ '': half }).toString().slice(1));
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
