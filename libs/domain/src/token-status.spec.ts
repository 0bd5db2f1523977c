import fc from 'fast-check';
import {
  accessTokenEnd,
  accessTokenLifetime,
  grantEnd,
  isAccessTokenActive,
  isRefreshTokenActive,
  judgeRotation,
  type Presented,
  type RotationFacts,
  type RotationVerdict,
  tokenStatus,
} from './token-status.js';

const T = 1_000_000;

const grant = (changed: Partial<RotationFacts> = {}): RotationFacts => ({
  client_id: 'client',
  generation: 2,
  created_at: T,
  rotated_at: T + 100,
  rotated_request_id: 'earlier',
  revoked: false,
  access_token_lifetime_seconds: 3600,
  refresh_token_lifetime_seconds: 604_800,
  client_access_token_lifetime_seconds: 3600,
  client_refresh_token_lifetime_seconds: 604_800,
  client_live: true,
  user_live: true,
  teams_live: true,
  refresh_live: true,
  redirect_uri_live: true,
  ...changed,
});

const presented = (changed: Partial<Presented> = {}): Presented => ({
  kind: 'refresh_token',
  client_id: 'client',
  generation: 2,
  request_id: 'now',
  proven: true,
  replay_seconds: 30,
  ...changed,
});

const code = (changed: Partial<Presented> = {}) => presented({ kind: 'code', generation: 0, ...changed });
const device = () => presented({ kind: 'device_code', generation: 0 });
const fresh = (changed: Partial<RotationFacts> = {}) => grant({ generation: 0, rotated_at: null, rotated_request_id: null, ...changed });

describe('the order of judgement', () => {
  it.each<[string, Presented, RotationFacts | null, number, number, RotationVerdict]>([
    ['no row', presented(), null, 1, T, 'refused'],
    ["another client's", presented({ client_id: 'other' }), grant(), 1, T, 'refused'],
    ['a wrong verifier', code({ proven: false }), fresh(), 1, T, 'refused'],
    ['a wrong verifier on a used code touches nothing', code({ proven: false }), grant(), 1, T, 'refused'],
    ['our own request again', presented({ generation: 1, request_id: 'earlier' }), grant(), 1, T + 100, 'done'],
    ['a handle ahead of its row', presented({ generation: 3 }), grant(), 1, T, 'history_lost'],
    ['a code, used', code(), grant({ generation: 1 }), 1, T + 1, 'reused'],
    ['a code, used, after its minute', code(), grant({ generation: 1 }), 1, T + 61, 'reused'],
    ['an older refresh token', presented({ generation: 1 }), grant({ generation: 3 }), 1, T + 101, 'reused'],
    ['the predecessor, inside the window', presented({ generation: 1 }), grant(), 1, T + 130, 'replayed'],
    ['the predecessor, just outside', presented({ generation: 1 }), grant(), 1, T + 130.001, 'reused'],
    ['the predecessor, strict', presented({ generation: 1, replay_seconds: 0 }), grant(), 1, T + 100, 'reused'],
    ['the predecessor, after the clock was set back', presented({ generation: 1 }), grant(), 1, T + 50, 'replayed'],
    [
      'the predecessor of a revoked grant is judged as reuse first',
      presented({ generation: 1 }),
      grant({ revoked: true }),
      1,
      T + 200,
      'reused',
    ],
    ['revoked', presented(), grant({ revoked: true }), 1, T, 'dead'],
    ['client paused', presented(), grant({ client_live: false }), 1, T, 'dead'],
    ['user disabled', presented(), grant({ user_live: false }), 1, T, 'dead'],
    ['single team now', presented(), grant({ teams_live: false }), 1, T, 'dead'],
    ['refresh switched off', presented(), grant({ refresh_live: false }), 1, T, 'dead'],
    ['no effective team', presented(), grant(), 0, T, 'dead'],
    ['a code whose redirect URI was removed', code(), fresh({ redirect_uri_live: false }), 1, T, 'dead'],
    ['a refresh token whose redirect URI was removed lives on', presented(), grant({ redirect_uri_live: false }), 1, T, 'rotate'],
    ['a code without refresh tokens', code(), fresh({ refresh_live: false }), 1, T, 'rotate'],
    ['a code at 59.9 seconds', code(), fresh(), 1, T + 59.9, 'rotate'],
    ['a code at 60 seconds', code(), fresh(), 1, T + 60, 'expired'],
    [
      'a device code needs neither redirect URI nor refresh tokens',
      device(),
      fresh({ redirect_uri_live: false, refresh_live: false }),
      1,
      T,
      'rotate',
    ],
    ['a device code after a minute', device(), fresh(), 1, T + 599.9, 'rotate'],
    ['a device code that nobody fetched', device(), fresh(), 1, T + 600, 'expired'],
    ['a device code again, at once', device(), grant({ generation: 1, rotated_at: T }), 1, T, 'reused'],
    ['a device code whose grant was revoked', device(), fresh({ revoked: true }), 1, T, 'dead'],
    ['a refresh token just before its end', presented(), grant(), 1, T + 604_799.9, 'rotate'],
    ['a refresh token at its end', presented(), grant(), 1, T + 604_800, 'expired'],
    ['the current one', presented(), grant(), 1, T + 200, 'rotate'],
  ])('%s', (_, handle, row, teams, now, verdict) => {
    expect(judgeRotation(handle, row, teams, now)).toBe(verdict);
  });

  it('rotates only what is equal, live, in time and proven, whatever the rest', () => {
    const facts = fc.record({
      generation: fc.nat(4),
      revoked: fc.boolean(),
      client_live: fc.boolean(),
      user_live: fc.boolean(),
      teams_live: fc.boolean(),
      refresh_live: fc.boolean(),
      redirect_uri_live: fc.boolean(),
    });
    fc.assert(
      fc.property(
        facts,
        fc.nat(4),
        fc.boolean(),
        fc.constantFrom<Presented['kind']>('code', 'device_code', 'refresh_token'),
        fc.nat(2),
        (row, generation, proven, kind, teams) => {
          const verdict = judgeRotation(presented({ kind, generation, proven }), grant(row), teams, T + 30);
          if (verdict !== 'rotate') return true;
          const live = row.client_live && row.user_live && row.teams_live && !row.revoked;
          const own = { code: row.redirect_uri_live, device_code: true, refresh_token: row.refresh_live }[kind];
          return proven && generation === row.generation && live && teams > 0 && own;
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('the end of a grant', () => {
  it('counts from the consent and is moved by no rotation (RF-08)', () => {
    expect(grantEnd(grant({ rotated_at: T + 500_000 }))).toBe(T + 604_800);
  });

  it("is shortened at once by the client's lifetime, and lengthened back to its own at most", () => {
    expect(grantEnd(grant({ client_refresh_token_lifetime_seconds: 3600 }))).toBe(T + 3600);
    expect(grantEnd(grant({ client_refresh_token_lifetime_seconds: 9_999_999 }))).toBe(T + 604_800);
  });

  it('is the newest access token where nothing renews it', () => {
    expect(grantEnd(grant({ refresh_token_lifetime_seconds: null, refresh_live: false }))).toBe(T + 100 + 3600);
    expect(grantEnd(grant({ refresh_live: false, client_access_token_lifetime_seconds: 60 }))).toBe(T + 100 + 60);
  });
});

describe('an access token', () => {
  const token = { generation: 2, issued_at: T + 100, lifetime_seconds: 3600 };

  it('dies exactly at its end (TK-03)', () => {
    expect(isAccessTokenActive(token, grant(), 1, T + 3699.9)).toBe(true);
    expect(isAccessTokenActive(token, grant(), 1, T + 3700)).toBe(false);
  });

  it("follows the client's lifetime down, and back up to its own", () => {
    expect(accessTokenEnd(token, grant({ client_access_token_lifetime_seconds: 60 }))).toBe(T + 160);
    expect(accessTokenEnd(token, grant({ client_access_token_lifetime_seconds: 86_400 }))).toBe(T + 3700);
  });

  it('never outlives its grant', () => {
    expect(accessTokenEnd({ ...token, issued_at: T + 604_000 }, grant())).toBe(T + 604_800);
    expect(accessTokenLifetime(grant(), T + 604_000)).toBe(800);
    expect(accessTokenLifetime(grant({ refresh_token_lifetime_seconds: null, refresh_live: false }), T + 604_000)).toBe(3600);
  });

  it('of an older generation is good, of one that was not issued yet it is not', () => {
    expect(isAccessTokenActive({ ...token, generation: 1 }, grant(), 1, T + 101)).toBe(true);
    expect(isAccessTokenActive({ ...token, generation: 3 }, grant(), 1, T + 101)).toBe(false);
  });

  it.each<[string, Partial<RotationFacts>]>([
    ['revoked', { revoked: true }],
    ['client paused', { client_live: false }],
    ['user disabled', { user_live: false }],
    ['single team now', { teams_live: false }],
  ])('is dead: %s', (_, changed) => {
    expect(isAccessTokenActive(token, grant(changed), 1, T + 101)).toBe(false);
    expect(isRefreshTokenActive(grant(changed), 1, T + 101)).toBe(false);
    expect(tokenStatus(grant(changed), 1, T + 101)).toBe('revoked');
  });

  it('lives on when refresh tokens are switched off', () => {
    expect(isAccessTokenActive(token, grant({ refresh_live: false }), 1, T + 101)).toBe(true);
    expect(isRefreshTokenActive(grant({ refresh_live: false }), 1, T + 101)).toBe(false);
  });
});

it('shows a row as active, suspended without a team, expired after its end', () => {
  expect(tokenStatus(grant(), 1, T + 101)).toBe('active');
  expect(tokenStatus(grant(), 0, T + 101)).toBe('suspended');
  expect(tokenStatus(grant(), 1, T + 604_800)).toBe('expired');
});
