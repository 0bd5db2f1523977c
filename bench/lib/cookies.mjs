import { createHash, randomBytes } from 'node:crypto';
import { PASSWORD } from './servers.mjs';

export const REDIRECT_URI = 'https://app.test/callback';

/** A browser's session without a browser. */
export class Cookies {
  #session = '';

  constructor(issuer) {
    this.issuer = issuer;
  }

  signIn() {
    return this.json('POST', '/api/v1/session', { email: 'admin@acme.example', password: PASSWORD });
  }

  async json(method, path, body, cookie = this.#session) {
    const response = await fetch(this.issuer + path, {
      method,
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${await response.text()}`);
    for (const line of response.headers.getSetCookie()) if (line.startsWith('bhf_session=')) this.#session = line.split(';', 1)[0];
    return response.json();
  }

  /** The first time through the consent page, afterwards straight to the code. */
  async code(client_id, scope) {
    const code_verifier = randomBytes(32).toString('base64url');
    const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri: REDIRECT_URI,
      code_challenge,
      code_challenge_method: 'S256',
      ...(scope ? { scope } : {}),
    });
    const response = await fetch(`${this.issuer}/oauth2/authorize?${query}`, { redirect: 'manual', headers: { cookie: this.#session } });
    const cookie = [this.#session, ...response.headers.getSetCookie().map((line) => line.split(';', 1)[0])].join('; ');
    const location = new URL(response.headers.get('location'), this.issuer);
    const request_id = location.searchParams.get('request_id');
    if (request_id === null) return { code: location.searchParams.get('code'), code_verifier };
    const path = `/api/v1/authorization-requests/${request_id}`;
    const { selectable_teams } = await this.json('GET', path, undefined, cookie);
    const decision = { decision: 'allow', team_ids: [selectable_teams[0].id] };
    const { redirect_to } = await this.json('POST', `${path}/decision`, decision, cookie);
    return { code: new URL(redirect_to).searchParams.get('code'), code_verifier };
  }
}
