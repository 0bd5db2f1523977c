import type { TokenResponse } from '@behalf/domain';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Browser,
  browserOf,
  createClient,
  exchange,
  consent,
  introspect,
  obtainTokens,
  refresh,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { note } from './figures.js';
import { type ApiProcess, Machine } from './machine.js';

const HOUR_SECONDS = 3_600;
const ACCESS_SECONDS = 6;
const REFRESH_SECONDS = 12;
/** Real clocks tick while requests are under way. */
const TOLERANCE_SECONDS = 3;
const JUMPS = [`+${HOUR_SECONDS}`, `-${HOUR_SECONDS}`, '+0'];

let machine: Machine;
/** One whose clock is right, and one whose clock jumps while it runs. */
let right: ApiProcess;
let jumping: ApiProcess;
let clockFile: string;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  machine = await Machine.start();
  right = await machine.api();
  clockFile = join(machine.folder, 'clock');
  jump('+0');
  jumping = await machine.api({
    environment: {
      LD_PRELOAD: faketime(),
      FAKETIME_TIMESTAMP_FILE: clockFile,
      FAKETIME_NO_CACHE: '1',
      // A clock that is set leaves the time since the start as it was.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      LOG_LEVEL: 'info',
    },
  });
  client = await createClient(await browserOf(right, ADMIN), {
    access_token_lifetime_seconds: ACCESS_SECONDS,
    refresh_token_lifetime_seconds: REFRESH_SECONDS,
  });
  dev = await browserOf(right, DEV);
});

afterAll(() => machine.stop());

/** The clock of the one process is set; nobody else's is. */
function jump(offset: string): void {
  writeFileSync(clockFile, `${offset}\n`);
}

/** @throws Error where it is not installed: without it this proves nothing */
function faketime(): string {
  const found = readdirSync('/usr/lib')
    .map((folder) => join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
  if (!found) throw new Error('The clock cannot be set: install the package faketime (apt-get install faketime).');
  return found;
}

/** Where its clock stands, by its own log. */
function clockOf(process: ApiProcess): number {
  const times = [...process.said().matchAll(/"time":"([^"]+)"/g)];
  return Date.parse(times.at(-1)![1]!);
}

function issue(api: ApiProcess): Promise<TokenResponse> {
  return obtainTokens(api, dev.at(api), client, { parameters: { scope: 'openid read' } });
}

async function activeOn(api: ApiProcess, token: string): Promise<boolean> {
  return (await introspect(api, client, token)).body['active'] as boolean;
}

it.each(JUMPS)(
  'a process whose clock jumps by %s seconds issues tokens that live as long as any, and keeps none alive',
  async (offset) => {
    jump(offset);
    const held = { there: await issue(jumping), here: await issue(right) };
    const issued = Date.now() / 1_000;
    expect(Math.abs(clockOf(jumping) / 1_000 - issued - Number(offset))).toBeLessThan(TOLERANCE_SECONDS);
    for (const { access_token, id_token, expires_in } of Object.values(held)) {
      expect(expires_in).toBeGreaterThan(ACCESS_SECONDS - TOLERANCE_SECONDS);
      for (const api of [right, jumping]) {
        const { body } = await introspect(api, client, access_token);
        expect(body['active']).toBe(true);
        expect(Math.abs((body['exp'] as number) - issued - ACCESS_SECONDS)).toBeLessThan(TOLERANCE_SECONDS);
        expect((await userinfo(api, access_token)).status).toBe(200);
      }
      const claims = JSON.parse(Buffer.from(id_token!.split('.')[1]!, 'base64url').toString()) as { iat: number };
      expect(Math.abs(claims.iat - issued)).toBeLessThan(TOLERANCE_SECONDS);
    }
    await sleep((ACCESS_SECONDS + 1) * 1_000);
    for (const { access_token } of Object.values(held))
      for (const api of [right, jumping])
        expect([await activeOn(api, access_token), (await userinfo(api, access_token)).status]).toEqual([false, 401]);
    // The chain still lives, on both; and not a second longer than it was given.
    for (const { refresh_token } of Object.values(held)) expect(await activeOn(jumping, refresh_token!)).toBe(true);
    await sleep((REFRESH_SECONDS - ACCESS_SECONDS) * 1_000);
    for (const { refresh_token } of Object.values(held))
      for (const api of [right, jumping]) expect((await refresh(api, client, refresh_token!)).body.error).toBe('invalid_grant');
  },
  60_000,
);

it('what was used, revoked or ended stays so while the clock jumps to and fro', async () => {
  jump(JUMPS[0]!);
  const consented = await consent(dev.at(jumping), client);
  const tokens = (await exchange(jumping, client, consented)).body;
  const signedIn = await browserOf(jumping, DEV);
  jump(JUMPS[1]!);
  expect((await signedIn.get('/api/v1/session')).status).toBe(200);
  expect((await exchange(jumping, client, consented)).body.error).toBe('invalid_grant');
  await signedIn.send('DELETE', '/api/v1/session');
  for (const offset of JUMPS) {
    jump(offset);
    expect([await activeOn(jumping, tokens.access_token), await activeOn(jumping, tokens.refresh_token!)]).toEqual([false, false]);
    expect((await signedIn.get('/api/v1/session')).status).toBe(401);
  }
  expect(await machine.verifyAudit()).toMatchObject({ code: 0 });
  note('jumps of the clock tried', JUMPS.length);
}, 60_000);
