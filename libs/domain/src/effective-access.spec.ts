import * as fc from 'fast-check';
import { type AccessFacts, explainAccess } from './effective-access.js';
import { PERMISSIONS, ROLES } from './permission.js';
import { effectiveScope, SCOPE_ORDER } from './scope.js';
import { effectivePermissions, effectiveTeams, type Membership } from './team-access.js';
import type { AccessReason } from './wire.js';

const team = (id: string, organization_id = 'acme') => ({ id, name: id, organization_id });
const member = (team_id: string, role: Membership['role'] = 'platform_admin', organization_id = 'acme'): Membership => ({
  team_id,
  organization_id,
  role,
});

/** Everything is allowed in production: an administrator, full access, an enabled client without restrictions. */
const facts = (changed: { [K in keyof AccessFacts]?: Partial<AccessFacts[K]> } = {}): AccessFacts => ({
  consents: (changed.consents as AccessFacts['consents']) ?? [{ team_ids: ['production'], scope: ['read', 'write'] }],
  client: {
    organization_id: 'acme',
    status: 'enabled',
    access_preset: 'full_access',
    team_restrictions: { team_ids: [], organization_ids: [] },
    ...changed.client,
  },
  user: { status: 'active', memberships: [member('production')], ...changed.user },
  teams: [team('production')],
});

const MANAGE = 'TEAM_MANAGE';

it('takes nothing away where all three allow it', () => {
  const { teams, permissions } = explainAccess(facts());
  expect(teams).toEqual([
    { id: 'production', name: 'production', role: 'platform_admin', consent: true, client: true, user: true, result: true, reasons: [] },
  ]);
  expect(permissions.map(({ permission, result, team_ids, reasons }) => [permission, result, team_ids, reasons])).toEqual(
    PERMISSIONS.map((permission) => [permission, true, ['production'], []]),
  );
});

it.each<[string, Parameters<typeof facts>[0], AccessReason[]]>([
  ['nothing was approved', { consents: [] }, ['no_consent']],
  ['another team was approved', { consents: [{ team_ids: ['staging'], scope: ['read', 'write'] }] }, ['team_not_consented']],
  ['the client is paused', { client: { status: 'disabled' } }, ['client_paused']],
  [
    'the client is restricted to another team',
    { client: { team_restrictions: { team_ids: ['x'], organization_ids: [] } } },
    ['team_restricted'],
  ],
  ['the client is of another organization', { client: { organization_id: 'labs' } }, ['team_restricted']],
  ['the user is disabled', { user: { status: 'disabled' } }, ['user_disabled']],
  ['the user left the team', { user: { memberships: [] } }, ['not_a_member']],
  ['two sides object', { client: { status: 'disabled' }, user: { memberships: [] } }, ['client_paused', 'not_a_member']],
])('a team is taken away when %s', (_, changed, reasons) => {
  expect(explainAccess(facts(changed)).teams).toMatchObject([{ result: false, reasons }]);
});

it.each<[string, Parameters<typeof facts>[0], AccessReason[]]>([
  ['nothing was approved', { consents: [] }, ['no_consent', 'no_team_counts']],
  ['only reading was approved', { consents: [{ team_ids: ['production'], scope: ['read'] }] }, ['consent_read_only']],
  ['only signing in was approved', { consents: [{ team_ids: ['production'], scope: ['openid'] }] }, ['consent_sign_in_only']],
  ['the client is Read-only', { client: { access_preset: 'read_only' } }, ['preset_read_only']],
  ['the client is paused', { client: { status: 'disabled' } }, ['client_paused']],
  ['the user is disabled', { user: { status: 'disabled' } }, ['user_disabled']],
  ['the role lacks it', { user: { memberships: [member('production', 'standard_user')] } }, ['role_lacks_permission']],
  [
    'the role that has it is in a team that does not count',
    { user: { memberships: [member('production', 'standard_user'), member('staging')] } },
    ['role_in_other_team'],
  ],
  ['no team counts', { user: { memberships: [] } }, ['no_team_counts']],
  [
    'the team is in one token and the scope in another',
    {
      consents: [
        { team_ids: ['production'], scope: ['read'] },
        { team_ids: ['staging'], scope: ['read', 'write'] },
      ],
      user: { memberships: [member('production'), member('staging', 'read_only_user')] },
    },
    ['not_in_one_token'],
  ],
])('a permission is taken away when %s', (_, changed, reasons) => {
  const verdict = explainAccess(facts(changed)).permissions.find(({ permission }) => permission === MANAGE);
  expect(verdict).toMatchObject({ result: false, team_ids: [], reasons });
});

it('says what the guard says, and gives a reason whenever that is no', () => {
  const ids = ['a', 'b', 'c'];
  const anyConsent = fc.record({ team_ids: fc.subarray(ids), scope: fc.subarray([...SCOPE_ORDER]) });
  const role = fc.constantFrom(...(Object.keys(ROLES) as Membership['role'][]));
  const arbitrary = fc.record({
    consents: fc.array(anyConsent, { maxLength: 3 }),
    client: fc.record({
      organization_id: fc.constant('acme'),
      status: fc.constantFrom('enabled' as const, 'disabled' as const),
      access_preset: fc.constantFrom('read_only' as const, 'full_access' as const),
      team_restrictions: fc.record({ team_ids: fc.subarray(ids), organization_ids: fc.subarray(['acme', 'labs']) }),
    }),
    user: fc.record({
      status: fc.constantFrom('active' as const, 'disabled' as const),
      memberships: fc
        .array(fc.tuple(fc.constantFrom(...ids), role), { maxLength: 3 })
        .map((list) => list.map(([id, of]) => member(id, of))),
    }),
    teams: fc.constant(ids.map((id) => team(id))),
  });
  fc.assert(
    fc.property(arbitrary, (given) => {
      const { teams, permissions } = explainAccess(given);
      const live = given.client.status === 'enabled' && given.user.status === 'active';
      const counting = given.consents.map(({ team_ids }) => effectiveTeams(team_ids, given.client, given.user.memberships));
      for (const { id, consent, client, user, result, reasons } of teams) {
        expect(result).toBe(live && counting.flat().some(({ team_id }) => team_id === id));
        expect(result).toBe(consent && client && user);
        expect(reasons.length > 0).toBe(!result);
      }
      for (const { permission, consent, client, user, result, team_ids, reasons } of permissions) {
        const guard = given.consents.some(({ scope }, n) =>
          effectivePermissions(counting[n]!, effectiveScope(scope, given.client.access_preset)).has(permission),
        );
        expect(result).toBe(live && guard);
        expect(team_ids.length > 0).toBe(result);
        expect(reasons.length > 0).toBe(!result);
        if (result) expect([consent, client, user]).toEqual([true, true, true]);
      }
    }),
  );
});
