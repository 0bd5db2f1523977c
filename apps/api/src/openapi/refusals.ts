import { type Permission, permissionLabel, PROBLEMS, type ProblemMember, type ProblemName, scopeForMethod } from '@behalf/domain';
import { type AccessRule, takesTokens } from '../platform/access/access.decorators.js';
import type { DeclaredRoute } from './declared-routes.js';
import { content, exactly, listOf, ref, type Schema, TEXT, WHOLE } from './schema.js';

const MEMBERS: Readonly<Record<ProblemMember, Schema>> = {
  errors: listOf(ref('Violation')),
  permission: ref('Permission'),
  risks: listOf(ref('RiskCode')),
  missing: listOf(TEXT),
  your_version: WHOLE,
  current: ref('Client'),
};

/** Headers that answers of a status bring along, beside the common ones. */
const HEADERS: Readonly<Record<number, readonly string[]>> = { 429: ['Retry-After'], 503: ['Retry-After'] };
const CHALLENGED: readonly ProblemName[] = ['invalid-token', 'insufficient-scope', 'invalid-client'];

/** One schema for every entry of the registry of problems. */
export function problemSchemas(issuer: string): Record<string, Schema> {
  return Object.fromEntries(
    (Object.keys(PROBLEMS) as ProblemName[]).map((name) => {
      const {
        status,
        title,
        help,
        members = [],
      }: { status: number; title: string; help: string; members?: readonly ProblemMember[] } = PROBLEMS[name];
      const own = Object.fromEntries(members.map((member) => [member, MEMBERS[member]]));
      const standard = { type: { const: `${issuer}/errors#${name}` }, title: { const: title }, status: { const: status } };
      const schema = exactly({ ...standard, detail: TEXT, ...own }, [...Object.keys(standard), ...members]);
      return [componentOf(name), { title, description: help, ...schema }];
    }),
  );
}

/** Every refusal that a route can answer: what its rule, its parameters and its body bring along, and its own. */
export function problemsOf({ route, rule, body, query, uuids }: DeclaredRoute, own: readonly ProblemName[] = []): ProblemName[] {
  const writes = !route.startsWith('GET ');
  const found = new Set<ProblemName>([...refusalsOf(rule, writes), ...own, 'internal-error', 'unavailable']);
  if (writes) for (const name of ['malformed-body', 'payload-too-large', 'unsupported-media-type'] as const) found.add(name);
  if (body || query) found.add('validation-failed');
  if (uuids.size || route.includes(':')) found.add('not-found');
  return (Object.keys(PROBLEMS) as ProblemName[]).filter((name) => found.has(name));
}

/** Refusals as answers of an operation, by status. */
export function problemAnswers(names: readonly ProblemName[]): Record<string, unknown> {
  const statuses = [...new Set(names.map((name) => PROBLEMS[name].status))].toSorted((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const those = names.filter((name) => PROBLEMS[name].status === status);
      const schemas = those.map((name) => ref(componentOf(name)));
      const headers = [...(HEADERS[status] ?? []), ...(those.some((name) => CHALLENGED.includes(name)) ? ['WWW-Authenticate'] : [])];
      return [
        status,
        {
          description: those.map((name) => `\`${name}\`: ${PROBLEMS[name].title}.`).join(' '),
          ...(headers.length
            ? { headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])) }
            : {}),
          ...content('application/problem+json', schemas.length === 1 ? schemas[0]! : { oneOf: schemas }),
        },
      ];
    }),
  );
}

/** How a caller proves who it is, as OpenAPI lists the alternatives. */
export function securityOf(rule: AccessRule, method: string): Record<string, string[]>[] {
  if (rule.kind === 'public') return [];
  if (rule.kind === 'resource-server') return [{ client_secret_basic: [] }];
  const session = { browser_session: [] };
  return takesTokens(rule) ? [session, { access_token: [scopeForMethod(method)] }] : [session];
}

/** Who may call a route, in a sentence. */
export function callersOf(rule: AccessRule): string {
  switch (rule.kind) {
    case 'public':
      return 'Open to every browser; an access token is refused.';
    case 'resource-server':
      return 'For a client that is marked as resource server, which proves itself by HTTP Basic.';
    case 'signed-in': {
      const everyones = rule.everyones ? ` \`show=organization\` asks for ${told(rule.everyones)}.` : '';
      return `For whoever is signed in${rule.token ? '' : ' with a browser session; an access token is refused'}.${everyones}`;
    }
    case 'permission':
      return `Asks for ${told(rule.permission)}${rule.token ? '' : '; an access token is refused'}.`;
    case 'named-organization-permission':
      return `Asks for ${told(rule.permission)} in the organization that the body names.`;
    case 'team-permission':
      return `Asks for ${told(rule.permission)} in the organization of the team.`;
  }
}

const told = (permission: Permission) => `the permission ${permissionLabel(permission)} (\`${permission}\`)`;
const componentOf = (name: ProblemName) => `problem.${name}`;

function refusalsOf(rule: AccessRule, writes: boolean): ProblemName[] {
  const foreign: ProblemName[] = writes ? ['cross-site-request'] : [];
  if (rule.kind === 'public') return ['not-signed-in', ...foreign];
  if (rule.kind === 'resource-server')
    return ['not-signed-in', 'invalid-client', 'resource-server-required', 'too-many-requests', ...foreign];
  const known: ProblemName[] = takesTokens(rule) ? ['not-signed-in', 'invalid-token', 'insufficient-scope'] : ['not-signed-in'];
  const permission: ProblemName[] = rule.kind !== 'signed-in' || rule.everyones ? ['permission-required'] : [];
  const elsewhere: ProblemName[] = rule.kind === 'named-organization-permission' ? ['not-found'] : [];
  return [...known, ...permission, ...elsewhere, ...foreign];
}
