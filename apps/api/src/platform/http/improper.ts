import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Below every dialect: what is no proper HTTP/1 is answered alike whatever its address, and its connection is closed. */
const BODY = '{"error":"invalid_request"}';
const HOST_LENGTH = 'host'.length;

/** What Node's parser, or the clock over it, says of a connection; 400 for all else. */
const STATUS_LINES: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what could not be read as a request. An answer that is on its way already must not get a second one into its body. */
export function answerUnreadable(log: FastifyBaseLogger, error: Error & { code?: string }, socket: Socket): void {
  const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse };
  if (!socket.writable || answer?.headersSent) return void socket.destroy();
  const status = STATUS_LINES[error.code ?? ''] ?? '400 Bad Request';
  const lines = Object.entries(headersOf(log, parseInt(status), error.code ?? error.message)).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n${BODY}`);
}

/** What every answer has, where no request is there to hang it on; its id is the one of the line that is logged here. */
function headersOf(log: FastifyBaseLogger, status: number, refused: string): Record<string, string | number> {
  const request_id = randomUUID();
  log.info({ reqId: request_id, status, refused });
  const common = { 'x-request-id': request_id, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };
  return { 'content-type': 'application/json', 'content-length': BODY.length, connection: 'close', ...common };
}

/**
 * Whether a request that Node's parser let pass is one of HTTP/1.x, and names the one host that HTTP/1.1 demands (RFC 9112 §3.2):
 * two programs behind each other could read anything else differently.
 */
export function isProper({ httpVersionMajor, httpVersionMinor, rawHeaders }: IncomingMessage): boolean {
  if (httpVersionMajor !== 1) return false;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (name.length === HOST_LENGTH && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts === 1 || (hosts === 0 && httpVersionMinor === 0);
}

/** Answers what is not. */
export function refuseImproper(request: FastifyRequest, reply: FastifyReply): void {
  request.log.debug({ refused: 'the version or the Host header' });
  void reply.status(400).header('connection', 'close').type('application/json').send(BODY);
}

/** RFC 9110 §10.1.1: Node would refuse an unknown expectation without a word. */
export function answerExpectations(server: FastifyInstance): void {
  server.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, headersOf(server.log, 417, 'the expectation')).end(BODY);
    request.resume();
  });
}
