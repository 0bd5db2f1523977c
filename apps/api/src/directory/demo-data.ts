import type { Role } from '@behalf/domain';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../platform/clock.js';
import { issueInvitation } from './invitations.js';

const TEAMS: Readonly<Record<string, readonly string[]>> = { Acme: ['Production', 'Staging', 'Security'], 'Acme Labs': ['Research'] };

interface DemoUser {
  readonly email: string;
  readonly name: string;
  readonly home: string;
  readonly role: Role;
  readonly teams: readonly string[];
}

const USERS: readonly DemoUser[] = [
  {
    email: 'admin@acme.example',
    name: 'Ada Admin',
    home: 'Acme',
    role: 'platform_admin',
    teams: ['Production', 'Staging', 'Security', 'Research'],
  },
  { email: 'dev@acme.example', name: 'Devin Developer', home: 'Acme', role: 'standard_user', teams: ['Production', 'Staging'] },
  { email: 'viewer@acme.example', name: 'Vera Viewer', home: 'Acme', role: 'read_only_user', teams: ['Production'] },
  { email: 'security@acme.example', name: 'Sam Security', home: 'Acme', role: 'security_user', teams: ['Security'] },
  { email: 'labs@acme.example', name: 'Lara Labs', home: 'Acme Labs', role: 'standard_user', teams: ['Research'] },
];

/** Whoever tries the demo signs in with this address. */
export const DEMO_ADMINISTRATOR = USERS[0]!.email;

/**
 * Fills an empty database with the demo organizations and users, all with one password.
 *
 * @returns whether anything was planted: a database that has a user is left alone
 */
export async function plantDemoData(tx: EntityManager, password_hash: string): Promise<boolean> {
  if (await hasUsers(tx)) return false;
  const organizations = new Map<string, string>();
  const teams = new Map<string, { id: string; organization_id: string }>();
  for (const [organization, names] of Object.entries(TEAMS)) {
    const organization_id = await plantOrganization(tx, organization);
    organizations.set(organization, organization_id);
    for (const name of names) teams.set(name, { id: await plantTeam(tx, organization_id, name), organization_id });
  }
  for (const user of USERS) {
    const id = await plantUser(tx, { ...user, home_organization_id: organizations.get(user.home)!, password_hash });
    for (const team of user.teams) await plantMembership(tx, id, teams.get(team)!, user.role);
  }
  return true;
}

/** Whoever sets up a new server signs in with this address. */
export const FIRST_ADMINISTRATOR_EMAIL = 'admin@localhost.localdomain';

/** Nobody is there yet who could have done it. */
const FIRST_EVENTS = `
INSERT INTO audit_event (organization_id, team_id, action, target_type, target_id, target_name, channel, reason)
VALUES ($1, $2, 'team.created', 'team', $2::uuid::text, 'My team', 'system', 'first_start'),
       ($1, NULL, 'user.invited', 'user', $3, $4, 'system', 'first_start'),
       ($1, $2, 'member.added', 'user', $3, $4, 'system', 'first_start')`;

/**
 * Makes a first organization with one team and its Platform Admin, who has no password yet.
 *
 * @returns the token of the invitation by which the password is set; null when the database has a user
 */
export async function plantFirstAdministrator(tx: EntityManager, clock: Clock): Promise<string | null> {
  if (await hasUsers(tx)) return null;
  const organization_id = await plantOrganization(tx, 'My organization');
  const team = { id: await plantTeam(tx, organization_id, FIRST_TEAM), organization_id };
  const administrator = {
    email: FIRST_ADMINISTRATOR_EMAIL,
    name: 'Administrator',
    home_organization_id: organization_id,
    password_hash: null,
  };
  const user_id = await plantUser(tx, administrator);
  await plantMembership(tx, user_id, team, 'platform_admin');
  await tx.query(FIRST_EVENTS, [organization_id, team.id, user_id, administrator.email]);
  return issueInvitation(tx, user_id, null, clock.bind());
}

/** Nobody has signed in who could have done it: the machine's own hand, at the command line. */
const ADMINISTRATOR_EVENTS = `
INSERT INTO audit_event (organization_id, team_id, action, target_type, target_id, target_name, channel, reason)
VALUES ($1, NULL, 'user.invited', 'user', $3, $4, 'system', 'command_line'),
       ($1, $2, 'member.added', 'user', $3, $4, 'system', 'command_line')`;

/**
 * Makes a Platform Admin who has a password, of the oldest organization, or of a first one where there is none.
 *
 * @param force also where an active Platform Admin can sign in already
 * @returns where, or why not
 */
export async function createAdministrator(
  tx: EntityManager,
  user: { readonly email: string; readonly name: string; readonly password_hash: string },
  force: boolean,
): Promise<{ organization_name: string } | { refused: string }> {
  // Two commands at once take turns, and a start that plants the first people waits for them.
  await tx.query('LOCK TABLE user_account IN SHARE ROW EXCLUSIVE MODE');
  const [found] = await tx.query<[{ known: boolean; administrator: string | null }]>(
    `SELECT EXISTS (SELECT FROM user_account WHERE email = $1) AS known,
            (SELECT u.email FROM user_account u JOIN membership m ON m.user_id = u.id
              WHERE m.role = 'platform_admin' AND u.status = 'active' AND u.password_hash IS NOT NULL LIMIT 1) AS administrator`,
    [user.email],
  );
  if (found.known) return { refused: `there is a user with the address ${user.email} already` };
  if (found.administrator !== null && !force)
    return { refused: `${found.administrator} is a Platform Admin already and can invite others; make another one here with --force` };
  const place = (await oldestTeam(tx)) ?? (await plantFirstTeam(tx));
  const user_id = await plantUser(tx, { ...user, home_organization_id: place.organization_id });
  await plantMembership(tx, user_id, place, 'platform_admin');
  await tx.query(ADMINISTRATOR_EVENTS, [place.organization_id, place.id, user_id, user.email]);
  return { organization_name: place.organization_name };
}

const FIRST_TEAM = 'My team';

interface TeamPlace {
  readonly id: string;
  readonly organization_id: string;
  readonly organization_name: string;
}

/** The oldest team of the oldest organization, which may have none left. */
async function oldestTeam(tx: EntityManager): Promise<TeamPlace | undefined> {
  const [place] = await tx.query<(Omit<TeamPlace, 'id'> & { id: string | null })[]>(
    `SELECT t.id, o.id AS organization_id, o.name AS organization_name
       FROM (SELECT id, name FROM organization ORDER BY created_at, id LIMIT 1) o LEFT JOIN team t ON t.organization_id = o.id
      ORDER BY t.created_at, t.id LIMIT 1`,
  );
  return place && { ...place, id: place.id ?? (await plantTeam(tx, place.organization_id, FIRST_TEAM)) };
}

async function plantFirstTeam(tx: EntityManager): Promise<TeamPlace> {
  const organization_id = await plantOrganization(tx, 'My organization');
  return { id: await plantTeam(tx, organization_id, FIRST_TEAM), organization_id, organization_name: 'My organization' };
}

async function hasUsers(tx: EntityManager): Promise<boolean> {
  const rows = await tx.query<unknown[]>('SELECT 1 FROM user_account LIMIT 1');
  return rows.length > 0;
}

async function plantOrganization(tx: EntityManager, name: string): Promise<string> {
  const [{ id }] = await tx.query<[{ id: string }]>('INSERT INTO organization (name) VALUES ($1) RETURNING id', [name]);
  return id;
}

async function plantTeam(tx: EntityManager, organization_id: string, name: string): Promise<string> {
  const insert = 'INSERT INTO team (organization_id, name) VALUES ($1, $2) RETURNING id';
  const [{ id }] = await tx.query<[{ id: string }]>(insert, [organization_id, name]);
  return id;
}

async function plantUser(
  tx: EntityManager,
  user: { email: string; name: string; home_organization_id: string; password_hash: string | null },
): Promise<string> {
  const [{ id }] = await tx.query<[{ id: string }]>(
    'INSERT INTO user_account (email, name, home_organization_id, password_hash) VALUES ($1, $2, $3, $4) RETURNING id',
    [user.email, user.name, user.home_organization_id, user.password_hash],
  );
  return id;
}

async function plantMembership(
  tx: EntityManager,
  user_id: string,
  team: { id: string; organization_id: string },
  role: Role,
): Promise<void> {
  const insert = 'INSERT INTO membership (user_id, team_id, organization_id, role) VALUES ($1, $2, $3, $4)';
  await tx.query(insert, [user_id, team.id, team.organization_id, role]);
}
