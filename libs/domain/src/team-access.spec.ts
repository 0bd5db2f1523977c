import { exceedsPermissions, rolePermissions } from './permission.js';
import {
  checkTeamSelection,
  effectivePermissions,
  effectiveTeams,
  isTeamAllowed,
  type Membership,
  rememberedCovers,
  selectableTeams,
} from './team-access.js';
import type { TeamRestrictions, TeamSelection } from './wire.js';

const member = (team_id: string, organization_id = 'acme', role: Membership['role'] = 'standard_user'): Membership => ({
  team_id,
  organization_id,
  role,
});
const client = (restrictions: Partial<TeamRestrictions> = {}, team_selection: TeamSelection = 'multiple') => ({
  organization_id: 'acme',
  client_type: 'confidential' as const,
  team_selection,
  team_restrictions: { team_ids: [], organization_ids: [], ...restrictions },
});
const memberships = [member('production'), member('staging'), member('research', 'labs')];

it.each<[string, Partial<TeamRestrictions>, string[]]>([
  ['nothing: every team of its own organization', {}, ['production', 'staging']],
  ['a team: that one', { team_ids: ['staging'] }, ['staging']],
  ['an organization: its teams as of now', { organization_ids: ['labs'] }, ['research']],
  ['both: either', { team_ids: ['staging'], organization_ids: ['labs'] }, ['staging', 'research']],
  ['a team that is gone: none', { team_ids: ['gone'] }, []],
])('a client that is restricted to %s', (_, restrictions, teams) => {
  expect(selectableTeams(client(restrictions), memberships).map(({ team_id }) => team_id)).toEqual(teams);
});

it('covers a team that was added to the organization later', () => {
  expect(isTeamAllowed(client({ organization_ids: ['acme'] }), member('new'))).toBe(true);
});

it.each<[TeamSelection, string[], string | null]>([
  ['single', [], 'required'],
  ['single', ['production'], null],
  ['single', ['production', 'staging'], 'too-many'],
  ['multiple', [], 'required'],
  ['multiple', ['production', 'staging'], null],
  ['multiple', ['production', 'production'], 'duplicate'],
  ['multiple', ['production', 'research'], 'not-allowed'],
  ['multiple', ['gone'], 'not-allowed'],
])('a choice for %s of %j breaks %j (AZ-12)', (team_selection, team_ids, code) => {
  expect(checkTeamSelection(client({}, team_selection), memberships, team_ids)?.code ?? null).toBe(code);
});

describe('effective teams', () => {
  it('are consent, client and user together', () => {
    const teams = effectiveTeams(['production', 'staging', 'left'], client({ team_ids: ['production', 'left'] }), memberships);
    expect(teams.map(({ team_id }) => team_id)).toEqual(['production']);
  });

  it('never hold a team that was joined after the consent', () => {
    expect(effectiveTeams(['production'], client(), memberships)).toHaveLength(1);
  });

  it('lend no role of another team', () => {
    const mixed = [member('production', 'acme', 'platform_admin'), member('staging', 'acme', 'read_only_user')];
    expect(effectivePermissions(effectiveTeams(['staging'], client(), mixed), ['read', 'write'])).toEqual(
      new Set(rolePermissions('read_only_user')),
    );
  });
});

describe('a remembered consent', () => {
  const remembered = { team_ids: ['production'], scope: ['read'], resources: null };
  const request = { scope: ['read'], resources: null, prompt: [] as string[], redirect_uri: 'https://a.test/cb' };
  const covers = (changed: { remembered?: object; request?: object; client?: object; memberships?: Membership[] } = {}) =>
    rememberedCovers(
      { ...remembered, ...changed.remembered },
      { ...request, ...changed.request },
      { ...client(), ...changed.client },
      changed.memberships ?? memberships,
    );

  it('stands in for the page where everything is as it was', () => {
    expect(covers()).toBe(true);
    expect(covers({ client: { client_type: 'public' } })).toBe(true);
    expect(covers({ request: { redirect_uri: 'http://127.0.0.1:5000/cb' } })).toBe(true);
  });

  it.each<[string, Parameters<typeof covers>[0]]>([
    ['a wider scope', { request: { scope: ['read', 'write'] } }],
    ['another resource', { remembered: { resources: ['https://a.test'] }, request: { resources: ['https://b.test'] } }],
    ['no resource in particular, after one for a resource', { remembered: { resources: ['https://a.test'] } }],
    ['prompt=consent', { request: { prompt: ['consent'] } }],
    ['prompt=select_account', { request: { prompt: ['select_account'] } }],
    ['a public client on loopback', { client: { client_type: 'public' }, request: { redirect_uri: 'http://localhost:5000/cb' } }],
    ['a team that the user left', { memberships: [member('staging')] }],
    ['a team that the client may no longer act on', { client: { team_restrictions: { team_ids: ['staging'], organization_ids: [] } } }],
    [
      'two teams for a client that became single',
      { remembered: { team_ids: ['production', 'staging'] }, client: { team_selection: 'single' } },
    ],
  ])('does not for %s (UX-10)', (_, changed) => {
    expect(covers(changed)).toBe(false);
  });
});

it('lets nobody grant a role that holds more than they do', () => {
  expect(exceedsPermissions('platform_admin', new Set(rolePermissions('security_user')))).toBe(true);
  expect(exceedsPermissions('standard_user', new Set(rolePermissions('security_user')))).toBe(false);
});
