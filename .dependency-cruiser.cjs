/** Who may import whom among the API's modules: what is not listed is an error, and so is every way back. */
const ORDER = {
  platform: [],
  audit: ['platform'],
  // Its changes are audited in their own transaction.
  directory: ['audit', 'platform'],
  session: ['directory', 'audit', 'platform'],
  client: ['directory', 'audit', 'platform'],
  token: ['client', 'directory', 'audit', 'platform'],
  // The authorization endpoint asks who is signed in.
  consent: ['token', 'client', 'session', 'directory', 'audit', 'platform'],
  // The description of all of it, read from what the others declare.
  openapi: ['consent', 'token', 'platform'],
};

const API = 'apps/api/src';
/** What other modules may import: their doors, and all of platform, which is a set of tools. */
const OPEN = [`^${API}/[^/]+/index\\.ts$`, `^${API}/platform/`];
const TESTS = '[./](spec|test|cases)\\.tsx?$';

const moduleRules = Object.entries(ORDER).map(([name, allowed]) => ({
  name: `api-${name}`,
  comment: `${name} may import ${['its own files', ...allowed].join(', ')}, @behalf/domain and @behalf/dpop.`,
  severity: 'error',
  from: { path: `^${API}/${name}/`, pathNot: TESTS },
  to: {
    path: '^(apps|libs|e2e|bench|tools)/',
    pathNot: [name, ...allowed].map((each) => `^${API}/${each}/`).concat('^libs/(domain|dpop)/'),
  },
}));

/** A rule on one part of the tree: what it may not import. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    ...moduleRules,
    forbid(
      'api-by-the-door',
      'Another module is imported by its index.ts and by nothing deeper.',
      { path: `^${API}/([^/]+)/` },
      { path: `^${API}/[^/]+/`, pathNot: [`^${API}/$1/`, ...OPEN] },
    ),
    forbid(
      'api-root-by-the-door',
      'What puts the modules together knows their doors alone.',
      { path: `^${API}/[^/]+\\.ts$` },
      { path: `^${API}/[^/]+/`, pathNot: OPEN },
    ),
    forbid(
      'api-alone',
      'The API knows the libraries, and no other program.',
      { path: '^apps/api/' },
      { path: '^(apps/(web|cli)|e2e|bench|tools)/' },
    ),
    forbid(
      'cli-only-domain',
      'The command shares the rules with the server, and calls it like anybody else.',
      { path: '^apps/cli/' },
      { path: '^(apps/(?!cli/)|libs/(?!domain/)|e2e|bench|tools)/' },
    ),
    forbid(
      'examples-as-customers',
      'What customers copy uses what customers have: the library for APIs, and packages.',
      { path: '^apps/examples/' },
      { path: '^(apps/(?!examples/)|libs/(?!resource-server/)|e2e|bench|tools)/' },
    ),
    forbid('domain-is-pure', 'The rules import nothing.', { path: '^libs/domain/src/', pathNot: TESTS }, { pathNot: '^libs/domain/src/' }),
    forbid(
      'postgres-alone',
      'The embedded database knows nothing of the product.',
      { path: '^libs/postgres/' },
      { path: '^(apps|libs/domain|e2e|bench|tools)/' },
    ),
    forbid(
      'resource-server-outside',
      'What customers put into their APIs knows the rules, and nothing of the server.',
      { path: '^libs/(resource-server|dpop)/', pathNot: TESTS },
      { path: '^(apps|libs/(?!domain/|dpop/|resource-server/)|e2e|bench|tools)/' },
    ),
    forbid(
      'web-only-domain',
      'The admin app shares the rules with the API, and nothing else.',
      { path: '^apps/web/' },
      { path: '^(apps/api|libs/(?!domain/)|e2e|bench|tools)/' },
    ),
    forbid(
      'web-features-apart',
      'Features never import each other; the app composes them.',
      { path: '^apps/web/src/features/([^/]+)/' },
      { path: '^apps/web/src/features/', pathNot: '^apps/web/src/features/$1/' },
    ),
    forbid(
      'web-downwards',
      'Features know nothing of the app.',
      { path: '^apps/web/src/features/' },
      { path: '^apps/web/src/(app/|main)' },
    ),
    forbid(
      'web-ui-and-lib',
      'What features share knows no feature.',
      { path: '^apps/web/src/(ui|lib)/' },
      { path: '^apps/web/src/(app/|features/|main)' },
    ),
    forbid('web-lib', 'Functions know no components.', { path: '^apps/web/src/lib/' }, { path: '^apps/web/src/ui/' }),
    forbid('e2e-from-outside', 'Journeys see what a user sees.', { path: '^(e2e|bench)/' }, { path: '^apps/' }),
    forbid('no-tests-in-sources', 'Sources import no tests.', { pathNot: [TESTS, '/test/', '^e2e/'] }, { path: [TESTS, '/test/'] }),
    forbid('no-dead-import', 'An import must lead somewhere.', {}, { couldNotResolve: true }),
    forbid(
      'no-dev-package-in-production',
      'What the server imports is installed with it.',
      { path: '^(apps/api|libs)/.*src/', pathNot: TESTS },
      // A framework that the customer brings is a peer, which tests need as a development package too.
      { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['npm-peer'] },
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: ['(^|/)dist/.*\\.d\\.ts$', 'node_modules/\\.vite', '/(test-results|playwright-report)/'] },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
