import * as fc from 'fast-check';
import { narrowAccess, type Narrowing } from './narrowing.js';
import { SCOPE_ORDER } from './scope.js';

const held = { team_ids: ['production', 'staging'], scope: ['openid', 'read', 'write'] };

it.each<[Narrowing, string, string]>([
  [{}, 'production staging', 'openid read write'],
  [{ team_ids: ['staging'] }, 'staging', 'openid read write'],
  [{ team_ids: ['staging', 'staging'] }, 'staging', 'openid read write'],
  [{ team_ids: ['staging', 'production'] }, 'production staging', 'openid read write'],
  [{ scope: 'read' }, 'production staging', 'read'],
  [{ scope: 'read openid' }, 'production staging', 'openid read'],
  [{ scope: 'openid' }, 'production staging', 'openid'],
  [{ scope: 'write' }, 'production staging', 'read write'],
  [{ team_ids: ['production'], scope: 'openid read' }, 'production', 'openid read'],
])('narrowed to %j there is left: %s, %s', (wanted, teams, scope) => {
  expect(narrowAccess(held, wanted)).toEqual({ team_ids: teams.split(' '), scope: scope.split(' ') });
});

it.each<[Narrowing, string[]]>([
  [{ team_ids: [] }, ['/team_ids']],
  [{ team_ids: ['security'] }, ['/team_ids']],
  [{ team_ids: ['production', 'security'] }, ['/team_ids']],
  [{ scope: '' }, ['/scope']],
  [{ scope: 'email' }, ['/scope']],
  [{ scope: 'read admin' }, ['/scope']],
  [{ scope: 'read offline_access' }, ['/scope']],
  [{ scope: '"' }, ['/scope']],
  [{ team_ids: [], scope: '' }, ['/team_ids', '/scope']],
])('%j is no part of what is held, at %j', (wanted, pointers) => {
  const result = narrowAccess(held, wanted);
  expect('violations' in result && result.violations.map(({ pointer }) => pointer)).toEqual(pointers);
});

it('never adds anything, however often and in whatever order it is narrowed', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const wish = fc.record(
    { team_ids: fc.subarray(ids), scope: fc.subarray([...SCOPE_ORDER]).map((words) => words.join(' ')) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.subarray(ids, { minLength: 1 }),
      fc.subarray([...SCOPE_ORDER], { minLength: 1 }),
      fc.array(wish),
      (team_ids, scope, wishes) => {
        let now: { readonly team_ids: readonly string[]; readonly scope: readonly string[] } = { team_ids, scope };
        for (const wanted of wishes) {
          const next = narrowAccess(now, wanted);
          if ('violations' in next) continue;
          expect(next.team_ids.length * next.scope.length).toBeGreaterThan(0);
          expect(now.team_ids).toEqual(expect.arrayContaining([...next.team_ids]));
          expect(now.scope).toEqual(expect.arrayContaining([...next.scope]));
          now = next;
        }
      },
    ),
  );
});
