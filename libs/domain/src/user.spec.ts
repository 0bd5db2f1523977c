import { permissionLabel } from './permission.js';
import { checkEmail, checkPassword, checkUserName, isHashablePassword, normalizeEmail } from './user.js';
import { OAUTH_ERRORS } from './errors.js';

it.each([
  ['name@company.com', true],
  ['first.last+tag@sub.company.co.uk', true],
  ['name@company', false],
  ['name company@x.com', false],
  ['name@-company.com', false],
  ['@company.com', false],
  ['name@company.com\n', false],
  ['nam\u202ee@company.com', false],
  ['name\u200b@company.com', false],
  ['naïve@company.com', true],
  [`${'a'.repeat(250)}@b.co`, false],
])('%j is an address: %j', (email, good) => {
  expect(checkEmail(email) === null).toBe(good);
});

it('compares addresses in lower case', () => {
  expect(normalizeEmail(' Name@Company.COM ')).toBe('name@company.com');
});

it.each([
  ['a'.repeat(11), 'too-short'],
  ['a'.repeat(12), undefined],
  ['a'.repeat(72), undefined],
  ['a'.repeat(73), 'too-long'],
  ['é'.repeat(36), undefined],
  ['é'.repeat(37), 'too-long'],
  [`${'a'.repeat(20)}\0`, 'too-long'],
])('a password %j breaks %j (CA-14)', (password, code) => {
  expect(checkPassword(password)?.code).toBe(code);
});

it('refuses to hash what bcrypt would cut', () => {
  expect(isHashablePassword('a'.repeat(73))).toBe(false);
});

it('refuses names that could pose as others', () => {
  expect(checkUserName('Ada\u202e')).toMatchObject({ code: 'invisible' });
});

it('names permissions as screens do', () => {
  expect(permissionLabel('OAUTH_CLIENT_MANAGE')).toBe('OAuth Clients: Manage');
  expect(permissionLabel('AUDIT_READ')).toBe('Audit log: Read');
});

it('describes every OAuth error in the characters of RFC 6749 §5.2', () => {
  for (const { description } of Object.values(OAUTH_ERRORS)) expect(description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
});
