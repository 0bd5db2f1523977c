// Holds every answer of a server to what its OpenAPI document says of it, whatever a test sends and with.
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { onDirectAnswer } from './direct-answers.mjs';

/** Below the document: what is no proper HTTP is answered alike whatever its address. */
const IMPROPER = '{"error":"invalid_request"}';
/** Files of the admin app. */
const FILE = /^\/(assets\/.+|index\.html|favicon\.svg|color-scheme\.js)$/;
const JSON_TYPES = new Set(['application/json', 'application/problem+json']);

/**
 * @param {string} file gets a line for every answer that the document does not allow
 * @param {() => object} describe makes the document, once the server stands
 */
export function holdToDescription(file, describe) {
  let judge;
  const hold = (method, url, status, headers, payload) => {
    judge ??= judgeOf(describe());
    const fault = judge(method, url, status, headers, payload);
    if (fault) appendFileSync(file, `${method} ${url} ${status}: ${fault}\n`);
  };
  onDirectAnswer(({ request, status, headers, payload }) => hold(request.method, request.url, status, headers, payload));
  subscribe('fastify.initialization', ({ fastify }) => {
    fastify.addHook('onSend', (request, reply, payload, done) => {
      const url = request.routeOptions?.url;
      if (url && !FILE.test(url) && payload !== IMPROPER) hold(request.method, url, reply.statusCode, reply.getHeaders(), payload);
      done(null, payload);
    });
  });
}

function judgeOf(document) {
  const ajv = new Ajv2020({ strict: false });
  formats(ajv);
  ajv.addSchema(document, 'api');
  return (method, url, status, headers, payload) => {
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    const operation = document.paths[path]?.[name];
    if (!operation) return 'this operation is not described';
    const answer = operation.responses[status];
    if (!answer) return 'this status is not described';
    const unsent = Object.keys(answer.headers ?? {}).filter((each) => ALWAYS.has(each) && headers[each.toLowerCase()] === undefined);
    if (unsent.length) return `it lacks ${unsent.join(', ')}`;
    if (method === 'HEAD') return null;
    const type = String(headers['content-type'] ?? '').split(';', 1)[0];
    if (!answer.content) return payload ? `it has a body, ${type}` : null;
    if (!answer.content[type]) return `${type || 'no media type'} is not described`;
    if (!JSON_TYPES.has(type)) return null;
    const parts = ['paths', path, name, 'responses', String(status), 'content', type, 'schema'];
    const valid = ajv.getSchema(`api#/${parts.map(pointerPart).join('/')}`);
    return valid(JSON.parse(payload)) ? null : `${ajv.errorsText(valid.errors)} in ${withoutValues(JSON.parse(payload))}`;
  };
}

/** Headers that no answer with them in its description goes without; the others depend on why it was refused. */
const ALWAYS = new Set(['X-Request-Id', 'Retry-After', 'Location']);

const pointerPart = (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** The members of an answer without what stands in them, which may be secret. */
function withoutValues(answer) {
  return typeof answer === 'object' && answer !== null ? `{${Object.keys(answer).join(', ')}}` : typeof answer;
}
