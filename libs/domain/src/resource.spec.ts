import {
  acceptsAudience,
  audienceOf,
  canonicalResource,
  checkResources,
  coversResources,
  REQUESTED_RESOURCES_MAX,
  RESOURCE_MAX_LENGTH,
  resourceHosts,
  RESOURCES_MAX,
  selectResources,
} from './resource.js';

const ISSUER = 'https://id.test';
const API = 'https://api.test';
const MCP = 'http://127.0.0.1:4711/mcp';
const URN = 'urn:example:orders';

it.each<[string, string | null]>([
  [API, 'https://api.test/'],
  ['https://api.test/', 'https://api.test/'],
  ['HTTPS://API.test:443', 'https://api.test/'],
  ['https://api.test/v1', 'https://api.test/v1'],
  ['https://api.test/v1/', 'https://api.test/v1/'],
  ['https://api.test?tenant=1', 'https://api.test/?tenant=1'],
  ['URN:example:Orders', 'urn:example:Orders'],
  [`https://api.test/${'a'.repeat(RESOURCE_MAX_LENGTH - 17)}`, `https://api.test/${'a'.repeat(RESOURCE_MAX_LENGTH - 17)}`],
  [`https://api.test/${'a'.repeat(RESOURCE_MAX_LENGTH - 16)}`, null],
  ['', null],
  ['api.test', null],
  ['/v1', null],
  ['//api.test/v1', null],
  ['https:', null],
  ['https://', null],
  ['https:api.test', null],
  ['https://api.test/#', null],
  ['https://api.test/#part', null],
  ['https://user@api.test/', null],
  ['https://api.test/a b', null],
  ['https://api.test/\n', null],
  ['https://api.test\\@evil.test/', null],
  ['https://äpi.test/', null],
  ['https://api.test:99999/', null],
])('a resource indicator %j is compared as %j (RI-01, RI-02)', (uri, canonical) => {
  expect(canonicalResource(uri)).toBe(canonical);
});

describe('what a request asks for', () => {
  const known = [API, MCP, URN];

  it.each<[string[], string[] | 'invalid_target']>([
    [[API], [API]],
    [['https://api.test/'], [API]],
    [['https://api.test/', API], [API]],
    [
      [URN, API],
      [API, URN],
    ],
    [['https://other.test'], 'invalid_target'],
    [[API, 'https://other.test'], 'invalid_target'],
    [['https://api.test/v1'], 'invalid_target'],
    [['not a uri'], 'invalid_target'],
    [['https://api.test/#x'], 'invalid_target'],
  ])('of %j is %j, each in its registered spelling (RI-01, RI-02)', (requested, selected) => {
    expect(selectResources(requested, known)).toEqual(selected === 'invalid_target' ? { error: selected } : { resources: selected });
  });

  it('is one resource where two servers share it, and no more than a token can tell apart', () => {
    expect(selectResources([API], [API, 'https://api.test/'])).toEqual({ resources: [API] });
    const many = (count: number) => Array.from({ length: count }, (_, index) => `${API}/${index}`);
    expect(selectResources(many(REQUESTED_RESOURCES_MAX), many(20))).toEqual({ resources: many(REQUESTED_RESOURCES_MAX) });
    expect(selectResources(many(REQUESTED_RESOURCES_MAX + 1), many(20))).toEqual({ error: 'invalid_target' });
  });
});

it.each<[string[], string[] | null, boolean]>([
  [[API], null, true],
  [[], null, true],
  [[API], [API], true],
  [['https://api.test/'], [API], true],
  [[API], [MCP, API], true],
  [[API], [MCP], false],
  [[], [API], false],
  [[API], ['https://api.test/v1'], false],
])('a resource known as %j takes a token for %j: %s (RI-03)', (own, resources, accepted) => {
  expect(acceptsAudience(own, resources)).toBe(accepted);
});

it.each<[string[] | null, string[] | null, boolean]>([
  [null, null, true],
  [null, [API], true],
  [[API], [API], true],
  [[API, MCP], ['https://api.test/'], true],
  [[API], [API, MCP], false],
  [[API], null, false],
])('a consent for %j covers a request for %j: %s', (remembered, requested, covered) => {
  expect(coversResources(remembered, requested)).toBe(covered);
});

it('tells the audience as one text or as a list, and a place in few words', () => {
  expect([audienceOf(null, ISSUER), audienceOf([API], ISSUER), audienceOf([API, URN], ISSUER)]).toEqual([ISSUER, API, [API, URN]]);
  expect(resourceHosts([`${API}/v1`, MCP, `${API}/v2`, URN])).toEqual(['api.test', '127.0.0.1:4711', URN]);
});

describe('the identifiers of a resource server', () => {
  it.each<[string[], [pointer: string, code: string][]]>([
    [[], []],
    [[API, MCP, URN, 'http://localhost:3000'], []],
    [['https://api.test#'], [['/resources/0', 'not-absolute']]],
    [[API, ''], [['/resources/1', 'not-absolute']]],
    [['http://api.test'], [['/resources/0', 'not-https']]],
    [[API, 'https://api.test/'], [['/resources/1', 'repeated']]],
    [[`${ISSUER}/`], [['/resources/0', 'reserved']]],
    [Array.from({ length: RESOURCES_MAX }, (_, index) => `${API}/${index}`), []],
    [Array.from({ length: RESOURCES_MAX + 1 }, (_, index) => `${API}/${index}`), [['/resources', 'too-many']]],
  ])('%j break %j', (resources, broken) => {
    const violations = checkResources({ resources, resource_server: true }, ISSUER);
    expect(violations.map(({ pointer, code }) => [pointer, code])).toEqual(broken);
  });

  it('belong to a resource server alone', () => {
    expect(checkResources({ resources: [API], resource_server: false }, ISSUER)).toMatchObject([{ code: 'not-resource-server' }]);
  });
});
