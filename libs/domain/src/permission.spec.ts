import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compareRoles,
  exceedsPermissions,
  type Permission,
  PERMISSIONS,
  permissionsText,
  type Role,
  rolePermissions,
  ROLES,
} from './permission.js';

const EVERY_ROLE = Object.keys(ROLES) as Role[];
const ABOVE_STANDARD: Permission[] = ['OAUTH_CLIENT_READ', 'SESSION_READ', 'SESSION_MANAGE', 'AUDIT_READ'];

it.each<[Role | null, Role | null, gains: Permission[], loses: Permission[]]>([
  [null, 'read_only_user', ['TEAM_READ'], []],
  ['read_only_user', null, [], ['TEAM_READ']],
  ['read_only_user', 'standard_user', ['USER_READ'], []],
  ['standard_user', 'read_only_user', [], ['USER_READ']],
  ['standard_user', 'security_user', ABOVE_STANDARD, []],
  ['security_user', 'standard_user', [], ABOVE_STANDARD],
  ['platform_admin', 'security_user', [], ['OAUTH_CLIENT_MANAGE', 'USER_MANAGE', 'TEAM_MANAGE']],
  ['platform_admin', 'platform_admin', [], []],
  [null, null, [], []],
])('as %s, then as %s, a user gains and loses in the team', (before, after, gains, loses) => {
  const found = compareRoles(before, after);
  expect([new Set(found.gains), new Set(found.loses)]).toEqual([new Set(gains), new Set(loses)]);
});

it('tells a change and its undoing as mirror images, with nothing both gained and lost', () => {
  for (const before of [null, ...EVERY_ROLE]) {
    for (const after of [null, ...EVERY_ROLE]) {
      const there = compareRoles(before, after);
      expect(compareRoles(after, before)).toEqual({ gains: there.loses, loses: there.gains });
      expect(there.gains.filter((permission) => there.loses.includes(permission))).toEqual([]);
    }
  }
});

it.each<[Permission[], string[]]>([
  [[], []],
  [['AUDIT_READ'], ['Audit log: Read']],
  [
    ['OAUTH_CLIENT_READ', 'OAUTH_CLIENT_MANAGE', 'TEAM_READ'],
    ['OAuth Clients: Read, Manage', 'Teams: Read'],
  ],
])('says %j as %j', (permissions, text) => {
  expect(permissionsText(permissions)).toEqual(text);
});

it('lets nobody hand out a permission that they lack, and a Platform Admin everything', () => {
  for (const held of EVERY_ROLE) {
    for (const given of EVERY_ROLE) {
      const covered = rolePermissions(given).every((permission) => rolePermissions(held).includes(permission));
      expect(exceedsPermissions(given, new Set(rolePermissions(held)))).toBe(!covered);
    }
    expect(exceedsPermissions(held, new Set(PERMISSIONS))).toBe(false);
  }
});

it('has its table in docs/roles.md, word for word', () => {
  const page = readFileSync(join(__dirname, '../../../docs/roles.md'), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const role of EVERY_ROLE) {
    const row = rows.find((cells) => cells[2] === `\`${role}\``);
    expect(row?.slice(1, 4)).toEqual([ROLES[role].name, `\`${role}\``, permissionsText(ROLES[role].permissions).join(' · ')]);
  }
});
