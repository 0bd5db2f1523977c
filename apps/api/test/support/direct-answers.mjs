import { subscribe } from 'node:diagnostics_channel';

/**
 * Tells of every answer that is given ahead of the framework, whose hooks see nothing of it: it alone hands its headers over
 * as a list.
 *
 * @param {(answer: { request: import('node:http').IncomingMessage, sent: string, status: number, headers: Record<string, string>, payload: string }) => void} tell
 */
export function onDirectAnswer(tell) {
  subscribe('http.server.request.start', ({ request, response }) => {
    const chunks = [];
    let head;
    before(request, 'emit', (event, chunk) => event === 'data' && chunks.push(chunk));
    before(response, 'writeHead', (status, headers) => {
      if (Array.isArray(headers)) head = { status, headers: paired(headers) };
    });
    before(response, 'end', (payload) => head && tell({ request, sent: Buffer.concat(chunks).toString(), ...head, payload }));
  });
}

function before(object, method, look) {
  const original = object[method];
  object[method] = function (...given) {
    look(...given);
    return original.apply(this, given);
  };
}

const paired = (list) => Object.fromEntries(list.flatMap((name, place) => (place % 2 ? [] : [[name, list[place + 1]]])));
