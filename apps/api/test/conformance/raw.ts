import { request } from 'node:http';
import { connect } from 'node:net';
import type { Api } from '../support/api.js';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; a header that came twice is joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export const FORM = 'application/x-www-form-urlencoded';

/** Sends a request whose path, headers and body go out as they stand here: fetch would mend or refuse them. */
export function send(
  api: Pick<Api, 'issuer'>,
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(api.issuer);
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = request({ hostname, port, method, path, headers: { ...length, ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const pairs = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({ status: response.statusCode!, headers: Object.fromEntries(pairs), text: Buffer.concat(chunks).toString() });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Posts the text of a form as it stands here. */
export function sendForm(
  api: Pick<Api, 'issuer'>,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  return send(api, 'POST', path, { body, headers: { 'content-type': FORM, ...headers } });
}

/** Writes bytes that need not be HTTP and reads the status line of what comes back. */
export function sendBytes(api: Pick<Api, 'issuer'>, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(api.issuer);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.end(bytes));
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text.split('\r\n', 1)[0]!));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(text.split('\r\n', 1)[0]!) : reject(error),
    );
  });
}

/** The Authorization header of `client_secret_basic`, encoded no further. */
export function basic(client_id: string, client_secret: string): string {
  return `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
}
