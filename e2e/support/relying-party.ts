import { type BrowserContext, expect, type Page } from '@playwright/test';
import { createServer, type Server } from 'node:http';
import * as oidc from 'openid-client';

/** A real client library on the other side: it judges what comes over the wire. */
export interface RelyingParty {
  readonly config: oidc.Configuration;
  readonly redirect_uri: string;
  /** Where it sends the user's browser. */
  authorizationUrl(parameters?: Record<string, string>): Promise<URL>;
  /** Takes the address that the browser came back to. */
  finish(address: string, options?: oidc.DPoPOptions): Promise<oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers>;
}

/** Discovers the server, as openid-client does with a confidential client's secret or as a public one. */
export async function relyingParty(
  issuer: string,
  client_id: string,
  client_secret: string | undefined,
  redirect_uri: string,
): Promise<RelyingParty> {
  const method = client_secret === undefined ? oidc.None() : oidc.ClientSecretBasic(client_secret);
  const config = await oidc.discovery(new URL(issuer), client_id, client_secret, method, { execute: [oidc.allowInsecureRequests] });
  let pending: { code_verifier: string; state: string } | undefined;
  return {
    config,
    redirect_uri,
    authorizationUrl: async (parameters = {}) => {
      pending = { code_verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState() };
      const code_challenge = await oidc.calculatePKCECodeChallenge(pending.code_verifier);
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri,
        code_challenge,
        code_challenge_method: 'S256',
        state: pending.state,
        ...parameters,
      });
    },
    finish: (address, options) => {
      const checks = { pkceCodeVerifier: pending!.code_verifier, expectedState: pending!.state };
      return oidc.authorizationCodeGrant(config, new URL(address), checks, undefined, options);
    },
  };
}

/** Stands in for the web sites that clients live on, so that the browser arrives somewhere. */
export async function hostApp(context: BrowserContext): Promise<void> {
  await context.route('https://app.test/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>App</title><h1>Back at the app</h1>' }),
  );
}

/** Waits until the browser is back at the client, and answers the whole address. */
export async function arrived(page: Page, at: string | RegExp): Promise<string> {
  await expect(page).toHaveURL(typeof at === 'string' ? new RegExp(`^${at.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`) : at);
  return page.url();
}

/** A program on the user's own device: listens on a port that nobody registered. */
export async function loopbackServer(): Promise<{ port: number; server: Server }> {
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>CLI</title><h1>You can close this window</h1>'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as { port: number }).port, server };
}
