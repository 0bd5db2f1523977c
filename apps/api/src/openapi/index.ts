import { METADATA_MAX_AGE_SECONDS } from '@behalf/domain';
import type { INestApplicationContext } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';
import { sendHtml } from '../platform/http/pages.js';
import { DOCUMENT_PATH, REFERENCE_PATH } from './paths.js';

const CACHE_CONTROL = `public, max-age=${METADATA_MAX_AGE_SECONDS}`;

interface Description {
  readonly json: string;
  readonly page: { readonly title: string; readonly style: string; readonly body: string };
}

/**
 * Serves the description of the API as a document and as a page, the same for everybody. Both are made when they are first
 * asked for, so that a start costs nothing more.
 */
export function serveDescription(server: FastifyInstance, app: INestApplicationContext, issuer: string): void {
  let made: Promise<Description> | undefined;
  server.get(DOCUMENT_PATH, async (_request, reply) => {
    const { json } = await (made ??= makeDescription(app, issuer));
    return reply.header('cache-control', CACHE_CONTROL).type('application/json; charset=utf-8').send(json);
  });
  server.get(REFERENCE_PATH, async (_request, reply) => {
    const { page } = await (made ??= makeDescription(app, issuer));
    sendHtml(reply, page, issuer);
    return reply;
  });
}

async function makeDescription(app: INestApplicationContext, issuer: string): Promise<Description> {
  const [{ describe }, { REFERENCE_STYLE, renderReference }] = await Promise.all([import('./document.js'), import('./reference-page.js')]);
  const document = describe(app, issuer, versionOf());
  return { json: JSON.stringify(document), page: { title: 'API reference', style: REFERENCE_STYLE, body: renderReference(document) } };
}

function versionOf(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
