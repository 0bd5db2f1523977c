import { PASSWORD } from './servers.mjs';

/** A browser's session at Behalf without a browser. */
export class Cookies {
  cookie = '';

  constructor(issuer) {
    this.issuer = issuer;
  }

  async signIn(email = 'admin@acme.example') {
    await this.json('POST', '/api/v1/session', { email, password: PASSWORD });
    return this;
  }

  async json(method, path, body, cookie = this.cookie) {
    const response = await fetch(this.issuer + path, {
      method,
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${await response.text()}`);
    for (const line of response.headers.getSetCookie()) if (line.startsWith('bhf_session=')) this.cookie = line.split(';', 1)[0];
    return response.json();
  }

  /** Goes through the consent page, and has it remembered; nothing where it is already. */
  async consent(authorize) {
    const response = await fetch(this.issuer + authorize, { redirect: 'manual', headers: { cookie: this.cookie } });
    const cookie = [this.cookie, ...response.headers.getSetCookie().map((line) => line.split(';', 1)[0])].join('; ');
    const request_id = new URL(response.headers.get('location'), this.issuer).searchParams.get('request_id');
    if (request_id === null) return;
    const path = `/api/v1/authorization-requests/${request_id}`;
    const { selectable_teams } = await this.json('GET', path, undefined, cookie);
    await this.json('POST', `${path}/decision`, { decision: 'allow', team_ids: [selectable_teams[0].id] }, cookie);
  }
}
