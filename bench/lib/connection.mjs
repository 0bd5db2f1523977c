import { connect } from 'node:net';

/**
 * One keep-alive connection with one request under way at most. It understands what the contenders answer, HTTP/1.1 with a length, and no more:
 * that costs the load's core half of what a client for every need takes, and PostgreSQL has to live on that core as well.
 */
export class Connection {
  socket;
  #heard = '';
  #answered;
  /** Resolves when it is there, or rejects. */
  opened;

  /** @param lost called once where the other side ends, errs, or sends what is not understood */
  constructor(url, lost) {
    const { hostname, port } = new URL(url);
    // Bodies are compared as bytes: what is looked for in them is ASCII.
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true }).setEncoding('latin1');
    this.opened = new Promise((resolve, reject) => this.socket.once('connect', resolve).once('error', reject));
    this.socket.on('data', (bytes) => this.#hear(bytes));
    this.socket.on('close', () => lost(`the connection was lost after: ${this.#heard}`));
  }

  /** @param answered called with the status, the body and the head of the answer */
  send(bytes, answered) {
    this.#answered = answered;
    this.socket.write(bytes, 'latin1');
  }

  close() {
    this.socket.removeAllListeners('close').destroy();
  }

  #hear(bytes) {
    this.#heard += bytes;
    const head_ends = this.#heard.indexOf('\r\n\r\n');
    if (head_ends < 0) return;
    const head = this.#heard.slice(0, head_ends);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) return void this.socket.destroy();
    const body_begins = head_ends + 4;
    if (this.#heard.length < body_begins + Number(length)) return;
    const body = this.#heard.slice(body_begins);
    this.#heard = '';
    this.#answered(Number(head.slice(9, 12)), body, head);
  }
}

/** The bytes of a request to an address, up to its body: all that is the same each time. */
export function headOf(url, { method, path, headers = {} }) {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}`;
}

/** A request whole. @param body nothing where it has none */
export const bytesOf = (head, body) => (body === undefined ? `${head}\r\n` : `${head}content-length: ${body.length}\r\n\r\n${body}`);
