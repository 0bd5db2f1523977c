import { GOOD_SETTINGS, SETTINGS_CASES } from './client-settings.cases.js';
import { checkClientSettings, clientNotices, clientRisks, DEFAULT_LIMITS, risksToConfirm } from './client-settings.js';
import type { ClientSettings } from './wire.js';

const settings = (changed: Record<string, unknown>) => ({ ...GOOD_SETTINGS, ...changed }) as ClientSettings;

it.each(SETTINGS_CASES)('settings with %j break %j', (changed, broken) => {
  const violations = checkClientSettings(settings(changed)).map(({ pointer, code }) => [pointer, code]);
  expect(violations).toEqual(broken ? [broken] : []);
});

it('lets a server lower the minimum of both lifetimes', () => {
  const limits = { ...DEFAULT_LIMITS, min_access_seconds: 1, min_refresh_seconds: 1 };
  const short = settings({ access_token_lifetime_seconds: 1, refresh_token_lifetime_seconds: 1, issue_refresh_token: true });
  expect(checkClientSettings(short, limits)).toEqual([]);
  expect(checkClientSettings({ ...short, access_token_lifetime_seconds: 0 }, limits)).toMatchObject([{ code: 'too-short' }]);
});

const full = (seconds: number) => settings({ access_preset: 'full_access', access_token_lifetime_seconds: seconds });

describe('high risk', () => {
  it('is full access for longer than the default hour', () => {
    expect(clientRisks(full(3600))).toEqual([]);
    expect(clientRisks(full(3601))).toEqual(['long_lived_full_access']);
    expect(clientRisks(settings({ access_token_lifetime_seconds: 3601 }))).toEqual([]);
  });

  it.each<[string, ClientSettings | null, ClientSettings, boolean]>([
    ['a new client in that state', null, full(3601), true],
    ['a new client outside of it', null, full(3600), false],
    ['entering by preset', settings({ access_token_lifetime_seconds: 7200 }), full(7200), true],
    ['entering by lifetime', full(3600), full(7200), true],
    ['lengthening inside', full(7200), full(7201), true],
    ['the same inside', full(7200), full(7200), false],
    ['shortening inside', full(7200), full(7199), false],
    ['leaving', full(7200), full(3600), false],
  ])('asks for confirmation: %s', (_, before, after, asks) => {
    expect(risksToConfirm(before, after, [])).toEqual(asks ? ['long_lived_full_access'] : []);
    expect(risksToConfirm(before, after, ['long_lived_full_access'])).toEqual([]);
  });
});

describe('notices', () => {
  const day = 86_400_000;
  const created_at = new Date('2026-01-01T00:00:00Z');
  const after = (days: number, milliseconds = 0) => new Date(created_at.getTime() + days * day + milliseconds);
  const marks = (changed: Record<string, unknown>, now = created_at, last_used_at: Date | null = null) =>
    clientNotices(settings({ team_restrictions: { team_ids: ['t'], organization_ids: [] }, ...changed }), {
      created_at,
      last_used_at,
      now,
    });

  it('mark each risk alone', () => {
    expect(marks({})).toEqual([]);
    expect(marks({ access_preset: 'full_access' })).toEqual(['full_access']);
    expect(marks({ access_token_lifetime_seconds: 3601 })).toEqual(['long_access_lifetime']);
    expect(marks({ issue_refresh_token: true, refresh_token_lifetime_seconds: 2_592_000 })).toEqual([]);
    expect(marks({ issue_refresh_token: true, refresh_token_lifetime_seconds: 2_592_001 })).toEqual(['refresh_over_30_days']);
    expect(marks({ issue_refresh_token: false, refresh_token_lifetime_seconds: 2_592_001 })).toEqual([]);
    expect(marks({ team_restrictions: { team_ids: [], organization_ids: [] } })).toEqual(['unrestricted_teams']);
    expect(marks({ redirect_uris: ['http://localhost/cb', 'http://127.0.0.1/cb'] })).toEqual(['loopback_only']);
    expect(marks({ redirect_uris: ['http://localhost/cb', 'https://a.test/cb'] })).toEqual([]);
  });

  it('mark a client that was not used for 90 days, counted from its creation where it never was', () => {
    expect(marks({}, after(90))).toEqual([]);
    expect(marks({}, after(90, 1000))).toEqual(['unused_90_days']);
    expect(marks({}, after(90, 1000), after(10))).toEqual([]);
  });
});
