import { subscribe } from 'node:diagnostics_channel';
import { openSync, writeSync } from 'node:fs';
import { onDirectAnswer } from './direct-answers.mjs';

/**
 * Writes down all that a server is sent and answers, so that a scan can ask afterwards where it went. The server's own
 * hooks do, whatever a test sends with: no helper can forget it.
 *
 * @param file gets a line of JSON for every part of a message, with those of `url`, `headers` and `body` that it has
 */
export function recordTraffic(file) {
  const descriptor = openSync(file, 'a');
  const record = (message) => void writeSync(descriptor, `${JSON.stringify(message)}\n`);
  onDirectAnswer(({ request: { url, headers }, sent, payload }) => {
    record({ url, headers, body: sent });
    record({ is_answer: true, headers: {}, body: payload });
  });
  subscribe('fastify.initialization', ({ fastify }) => {
    fastify.addHook('onRequest', ({ raw }, _reply, done) => {
      record({ url: raw.url, headers: raw.headers });
      done();
    });
    // As the bytes come: a body that no parser takes can stand in the log of its refusal.
    fastify.addHook('preParsing', (_request, _reply, payload, done) => {
      const chunks = [];
      payload.on('data', (chunk) => void chunks.push(chunk));
      payload.once('end', () => void (chunks.length && record({ body: Buffer.concat(chunks).toString() })));
      done(null, payload);
    });
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      const { location, 'set-cookie': cookies } = reply.getHeaders();
      record({ is_answer: true, headers: { location, 'set-cookie': cookies }, body: typeof payload === 'string' ? payload : undefined });
      done(null, payload);
    });
  });
}
