import { isReadPermission, type Permission } from './permission.js';

export type AccessPreset = 'read_only' | 'full_access';

/** The order in which scopes are always written. */
export const SCOPE_ORDER = ['openid', 'profile', 'email', 'read', 'write'] as const;

/** What the metadata advertises; `offline_access` is left out on purpose, or clients would ask for it each time. */
export const OAUTH_SCOPES_SUPPORTED: readonly string[] = SCOPE_ORDER;

const IDENTITY = ['openid', 'profile', 'email'];

/** Accepted and dropped: refresh tokens follow the client's own switch. */
const IGNORED = 'offline_access';

/** One word of a scope (RFC 6749 §3.3). */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export type ScopeResult = { readonly scope: string[] } | { readonly error: 'invalid_scope' };

/** The words of a scope in order, each once; null when it is malformed (RFC 6749 §3.3). */
export function parseScope(raw: string): string[] | null {
  const words = raw.split(' ').filter((word) => word !== '');
  if (!words.length || !words.every((word) => SCOPE_TOKEN.test(word))) return null;
  return ordered(words);
}

/** The scope as it stands on the wire. */
export function formatScope(scope: readonly string[]): string {
  return scope.join(' ');
}

/** What a preset allows at most, identity scopes apart. */
export function presetScope(preset: AccessPreset): readonly string[] {
  return preset === 'full_access' ? ['read', 'write'] : ['read'];
}

/**
 * What an authorization request asks for, judged against the client's preset. Left out, it is the preset's own;
 * `write` includes `read`; `openid` alone stays alone (OAuth 2.1 §1.4.1).
 */
export function requestScope(raw: string | undefined, preset: AccessPreset): ScopeResult {
  if (raw === undefined) return { scope: [...presetScope(preset)] };
  const words = parseScope(raw)?.filter((word) => word !== IGNORED);
  if (!words) return { error: 'invalid_scope' };
  if (!words.length) return { scope: [...presetScope(preset)] };
  const allowed = [...IDENTITY, ...presetScope(preset)];
  if (!words.every((word) => allowed.includes(word))) return { error: 'invalid_scope' };
  return { scope: withRead(words) };
}

/** Whether every word of a scope exists, whatever the client may have. */
export function isKnownScope(raw: string): boolean {
  return !('error' in requestScope(raw, 'full_access'));
}

/** Consent ∩ preset, as of now. */
export function effectiveScope(granted: readonly string[], preset: AccessPreset): string[] {
  const allowed = [...IDENTITY, ...presetScope(preset)];
  return ordered(granted.filter((word) => allowed.includes(word)));
}

/** What a refresh carries: at most what was granted (RFC 6749 §6); left out, all of it. */
export function narrowScope(granted: readonly string[], raw: string | undefined): ScopeResult {
  if (raw === undefined) return { scope: [...granted] };
  const words = parseScope(raw)?.filter((word) => word !== IGNORED);
  if (!words || !words.every((word) => granted.includes(word))) return { error: 'invalid_scope' };
  return { scope: words.length ? withRead(words) : [...granted] };
}

/** Whether a remembered scope covers what is asked for now. */
export function coversScope(remembered: readonly string[], requested: readonly string[]): boolean {
  return requested.every((word) => remembered.includes(word));
}

/** Permissions that a scope leaves: without `write` only those that read, without `read` none; null is a browser session. */
export function narrowPermissions(permissions: Iterable<Permission>, scope: readonly string[] | null): Set<Permission> {
  if (scope === null || scope.includes('write')) return new Set(permissions);
  if (!scope.includes('read')) return new Set();
  return new Set([...permissions].filter(isReadPermission));
}

/** The scope that a call of the management API needs. */
export function scopeForMethod(method: string): 'read' | 'write' {
  return method === 'GET' || method === 'HEAD' ? 'read' : 'write';
}

/** RFC 7636 §4.2 for S256: the base64url of a SHA-256, 43 characters without padding. */
export function isCodeChallenge(value: string | undefined): value is string {
  return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value);
}

/** Longest `state`, `nonce`, `login_hint` or `scope` that is taken, in bytes. */
export const MAX_PARAMETER_BYTES = 4096;

function withRead(words: readonly string[]): string[] {
  return ordered(words.includes('write') ? [...words, 'read'] : words);
}

function ordered(words: readonly string[]): string[] {
  const unknown = words.filter((word) => !(SCOPE_ORDER as readonly string[]).includes(word));
  return [...SCOPE_ORDER.filter((word) => words.includes(word)), ...new Set(unknown)];
}
