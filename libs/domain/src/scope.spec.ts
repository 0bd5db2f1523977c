import { PERMISSIONS, rolePermissions } from './permission.js';
import {
  coversScope,
  effectiveScope,
  isCodeChallenge,
  narrowPermissions,
  narrowScope,
  parseScope,
  requestScope,
  scopeForMethod,
} from './scope.js';

it.each([
  ['read', ['read']],
  ['write read', ['read', 'write']],
  ['read read', ['read']],
  ['email  openid', ['openid', 'email']],
  ['', null],
  [' ', null],
  ['re"ad', null],
  ['re\\ad', null],
  ['read\u0000', null],
  ['réad', null],
])('the scope %j has the words %j', (raw, words) => {
  expect(parseScope(raw)).toEqual(words);
});

it.each([
  [undefined, 'read_only', 'read'],
  [undefined, 'full_access', 'read write'],
  ['read', 'full_access', 'read'],
  ['write', 'full_access', 'read write'],
  ['write', 'read_only', null],
  ['read write', 'read_only', null],
  ['openid', 'read_only', 'openid'],
  ['email openid read', 'read_only', 'openid email read'],
  ['read offline_access', 'read_only', 'read'],
  ['offline_access', 'full_access', 'read write'],
  ['nope', 'full_access', null],
  ['Read', 'full_access', null],
] as const)('asking %j of %s grants %j (AZ-08, AZ-09)', (raw, preset, granted) => {
  const result = requestScope(raw, preset);
  expect('scope' in result ? result.scope.join(' ') : null).toBe(granted);
});

it('is consent and preset together, as of now', () => {
  expect(effectiveScope(['openid', 'read', 'write'], 'read_only')).toEqual(['openid', 'read']);
  expect(effectiveScope(['read'], 'full_access')).toEqual(['read']);
});

it.each([
  [undefined, 'read write'],
  ['read', 'read'],
  ['write', 'read write'],
  ['offline_access', 'read write'],
  ['read admin', null],
  ['openid', null],
  ['"', null],
])('a refresh may ask %j of a grant of read and write and gets %j (RF-06, RF-07)', (raw, carried) => {
  const result = narrowScope(['read', 'write'], raw);
  expect('scope' in result ? result.scope.join(' ') : null).toBe(carried);
});

it('leaves a token without write only the permissions that read, and one without read none', () => {
  const all = rolePermissions('platform_admin');
  expect(narrowPermissions(all, null)).toEqual(new Set(PERMISSIONS));
  expect(narrowPermissions(all, ['read', 'write'])).toEqual(new Set(PERMISSIONS));
  expect([...narrowPermissions(all, ['read'])].every((permission) => permission.endsWith('_READ'))).toBe(true);
  expect(narrowPermissions(all, ['openid'])).toEqual(new Set());
});

it('remembers no more than was consented to', () => {
  expect(coversScope(['read'], ['read', 'write'])).toBe(false);
  expect(coversScope(['read', 'write'], ['read'])).toBe(true);
});

it('asks write of everything that is not a read', () => {
  expect(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map(scopeForMethod)).toEqual([
    'read',
    'read',
    'write',
    'write',
    'write',
    'write',
  ]);
});

it.each([
  [42, false],
  [43, true],
  [44, false],
])('a challenge of %i characters: %j (PK-03)', (length, good) => {
  expect(isCodeChallenge('a'.repeat(length))).toBe(good);
});

it.each(['='.padStart(43, 'a'), '+'.padStart(43, 'a'), '/'.padStart(43, 'a'), ' '.padStart(43, 'a')])('%j is no challenge', (value) => {
  expect(isCodeChallenge(value)).toBe(false);
});
