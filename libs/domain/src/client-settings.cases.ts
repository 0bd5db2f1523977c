import type { ClientSettings } from './wire.js';

/** Settings that break nothing. */
export const GOOD_SETTINGS: ClientSettings = {
  client_name: 'backend-service',
  client_type: 'confidential',
  app_type: 'user_authorized',
  team_selection: 'single',
  team_restrictions: { team_ids: [], organization_ids: [] },
  access_preset: 'read_only',
  access_token_lifetime_seconds: 3600,
  issue_refresh_token: false,
  refresh_token_lifetime_seconds: 604_800,
  redirect_uris: ['https://a.test/cb'],
  resource_server: false,
};

/** What is changed about good settings, and the pointer and code of what that breaks; null breaks nothing. */
export const SETTINGS_CASES: readonly (readonly [
  changed: Record<string, unknown>,
  broken: readonly [pointer: string, code: string] | null,
])[] = [
  [{}, null],
  [{ client_name: '' }, ['/client_name', 'required']],
  [{ client_name: 'a'.repeat(100) }, null],
  [{ client_name: '🙂'.repeat(100) }, null],
  [{ client_name: 'a'.repeat(101) }, ['/client_name', 'too-long']],
  [{ client_name: ' a' }, ['/client_name', 'outer-space']],
  [{ client_name: 'a\u00a0' }, ['/client_name', 'outer-space']],
  [{ client_name: 'a\u202eb' }, ['/client_name', 'invisible']],
  [{ client_name: 'a\u200bb' }, ['/client_name', 'invisible']],
  [{ client_name: 'a\u0000b' }, ['/client_name', 'invisible']],
  [{ client_name: 'a\nb' }, ['/client_name', 'invisible']],
  [{ client_name: 'a\ud800b' }, ['/client_name', 'invisible']],
  [{ client_name: '<img onerror=alert(1)>' }, null],
  [{ app_type: 'service_to_service' }, ['/app_type', 'not-available']],
  [{ access_token_lifetime_seconds: 299 }, ['/access_token_lifetime_seconds', 'too-short']],
  [{ access_token_lifetime_seconds: 300 }, null],
  [{ access_token_lifetime_seconds: 2_592_000 }, null],
  [{ access_token_lifetime_seconds: 2_592_001 }, ['/access_token_lifetime_seconds', 'too-long']],
  [{ access_token_lifetime_seconds: 3600.5 }, ['/access_token_lifetime_seconds', 'not-whole']],
  [{ access_token_lifetime_seconds: Number.NaN }, ['/access_token_lifetime_seconds', 'not-whole']],
  [{ refresh_token_lifetime_seconds: 3599 }, ['/refresh_token_lifetime_seconds', 'too-short']],
  [{ refresh_token_lifetime_seconds: 3600 }, null],
  [{ refresh_token_lifetime_seconds: 31_536_000 }, null],
  [{ refresh_token_lifetime_seconds: 31_536_001 }, ['/refresh_token_lifetime_seconds', 'too-long']],
  [
    { issue_refresh_token: true, access_token_lifetime_seconds: 86_400, refresh_token_lifetime_seconds: 86_399 },
    ['/refresh_token_lifetime_seconds', 'below-access'],
  ],
  [{ issue_refresh_token: true, access_token_lifetime_seconds: 86_400, refresh_token_lifetime_seconds: 86_400 }, null],
  [{ issue_refresh_token: false, access_token_lifetime_seconds: 86_400, refresh_token_lifetime_seconds: 3600 }, null],
  [{ redirect_uris: [] }, ['/redirect_uris', 'required']],
  [{ redirect_uris: [], resource_server: true }, null],
  [{ resource_server: true, client_type: 'public' }, ['/resource_server', 'not-confidential']],
  [{ redirect_uris: ['https://a.test/cb', 'http://a.test/cb'] }, ['/redirect_uris/1', 'not-https']],
];
