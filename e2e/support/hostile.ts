import type { Client } from '@behalf/domain';
import { expect, type Page } from '@playwright/test';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

/** A web site of somebody else. */
export interface Hostile {
  /** Another site than localhost. */
  readonly site: string;
  /** The same site as localhost, since a port makes no site; another origin all the same. */
  readonly sibling: string;
  readonly server: Server;
  /** What arrived there, in order. */
  readonly visits: readonly { readonly url: string; readonly headers: IncomingHttpHeaders }[];
  /** Serves a page at a path. @returns its addresses on both hosts */
  page(path: string, body: string): { site: string; sibling: string };
}

/** Listens on a free port of this machine, under both of its names. */
export async function hostileSite(): Promise<Hostile> {
  const pages = new Map<string, string>();
  const visits: { url: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    visits.push({ url, headers: request.headers });
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>Elsewhere</title>${pages.get(url.split('?')[0]!) ?? '<h1>Elsewhere</h1>'}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const [site, sibling] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  return {
    site,
    sibling,
    server,
    visits,
    page: (path, body) => {
      pages.set(path, body);
      return { site: site + path, sibling: sibling + path };
    },
  };
}

/** Opens the page of consent for a client, as its app would. @returns the page's address */
export async function openConsent(page: Page, client: Client, redirect_uri = client.redirect_uris[0]!): Promise<string> {
  const asked = { response_type: 'code', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
  await page.goto(`/oauth2/authorize?${new URLSearchParams({ ...asked, client_id: client.client_id, redirect_uri }).toString()}`);
  await expect(page.getByRole('button', { name: 'Allow' })).toBeVisible();
  return page.url();
}
