const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true, tsx: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false, react: { runtime: 'automatic' } },
    target: 'es2023',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

/** Tests run as CommonJS, since Jest's ESM mode cannot load CommonJS packages that require ESM ones; the journeys load the real build. */
const common = {
  rootDir: __dirname,
  cacheDirectory: '<rootDir>/.cache/jest',
  testEnvironment: 'node',
  transform: { '\\.[jt]sx?$': ['@swc/jest', swc] },
  // What is published as ES modules alone; grows with every such dependency that a test loads.
  transformIgnorePatterns: ['/node_modules/\\.pnpm/(?!(@nestjs\\+|@seriousme\\+|jose@|oauth4webapi@|openid-client@))'],
  moduleNameMapper: {
    '^@behalf/domain$': '<rootDir>/libs/domain/src/index.ts',
    '^@behalf/domain/cases$': '<rootDir>/libs/domain/src/cases.ts',
    '^@behalf/dpop$': '<rootDir>/libs/dpop/src/index.ts',
    '^@behalf/postgres$': '<rootDir>/libs/postgres/src/index.ts',
    '^@behalf/resource-server$': '<rootDir>/libs/resource-server/src/index.ts',
    '^@behalf/resource-server/(express|fastify|nest)$': '<rootDir>/libs/resource-server/src/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js', '$1'],
  },
};

/** What runs against servers of its own on one PostgreSQL. */
const served = {
  ...common,
  globalSetup: '<rootDir>/apps/api/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/apps/api/test/support/global-teardown.mjs',
};

module.exports = {
  projects: [
    { ...common, displayName: 'domain', testMatch: ['<rootDir>/libs/domain/src/**/*.spec.ts'] },
    { ...common, displayName: 'dpop', testMatch: ['<rootDir>/libs/dpop/src/**/*.spec.ts'] },
    { ...common, displayName: 'postgres', testMatch: ['<rootDir>/libs/postgres/src/**/*.spec.ts'] },
    { ...common, displayName: 'resource-server', testMatch: ['<rootDir>/libs/resource-server/src/**/*.spec.ts'] },
    { ...common, displayName: 'web', testMatch: ['<rootDir>/apps/web/src/**/*.spec.{ts,tsx}'] },
    { ...common, displayName: 'api-unit', testMatch: ['<rootDir>/apps/api/src/**/*.spec.ts'] },
    { ...served, displayName: 'api', testMatch: ['<rootDir>/apps/api/test/**/*.test.ts'] },
    // Takes minutes: npm run fuzz.
    { ...served, displayName: 'fuzz', testMatch: ['<rootDir>/apps/api/test/fuzz/*.fuzz.ts'] },
    // What can only be told when the other rings have run.
    { ...common, displayName: 'after', testMatch: ['<rootDir>/apps/api/test/*.after.ts'] },
    // With what takes too long for every run, or needs more of the machine: npm run faults.
    { ...served, displayName: 'faults', testMatch: ['<rootDir>/apps/api/test/faults/**/*.{faults,test}.ts'] },
  ],
  maxWorkers: 2,
  testTimeout: 60_000,
};
