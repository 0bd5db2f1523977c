import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Api, startApi } from './support/api.js';
import { Browser } from './support/browser.js';
import { Place } from './support/place.js';
import { expectOf, filled, make, methodOf, namesIn, permissionOf, routeOf, send, takesTokens, told } from './support/route-calls.js';
import { CLIENT_ROUTES, ROUTE_TABLE, type RouteRow } from './support/route-table.js';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description?: string;
  readonly schema: Schema;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly Record<string, string[]>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, { schema: Schema }> };
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

/** Files of the admin app, and the page for every address that no route knows. */
const FILE = /^(GET|HEAD) \/(assets\/.+|index\.html|favicon\.svg|color-scheme\.js)$/;

let api: Api;
let acme: Place;
let document: Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);

beforeAll(async () => {
  api = await startApi();
  acme = await Place.named(api, 'Acme', 'Production');
  document = (await new Browser(api).get<Document>('/api/v1/openapi.json')).body;
  ajv.addSchema(document, 'api');
}, 60_000);

afterAll(() => api.stop());

const braces = (path: string) => path.replaceAll(/:(\w+)/g, '{$1}');
const operationOf = (row: Pick<RouteRow, 'call'>): Operation => {
  const [method = '', path = ''] = routeOf(row as RouteRow).split(' ');
  return document.paths[braces(path)]![method.toLowerCase()]!;
};
const bodyOf = ({ requestBody }: Operation): Schema | undefined => {
  const name = requestBody?.content['application/json']?.schema.$ref?.split('/').at(-1);
  return name === undefined ? undefined : document.components.schemas[name];
};
const operations = () => Object.values(document.paths).flatMap((methods) => Object.values(methods));

/** What a schema refuses, whatever else it says. */
function misfit({ type, enum: values }: Schema): unknown {
  return values || type !== 'string' ? 'no such value' : 7;
}

it('is OpenAPI 3.1 by the letter of its own schema', async () => {
  const validator = new Validator();
  const judged = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
  expect([judged.valid, judged.errors, validator.version]).toEqual([true, undefined, '3.1']);
});

it('describes every route of the router, and no other', async () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).flatMap((method) => [`${method.toUpperCase()} ${path}`, ...(method === 'get' ? [`HEAD ${path}`] : [])]),
  );
  const routed = (await api.routes()).filter((route) => !FILE.test(route)).map(braces);
  expect(described.toSorted()).toEqual([...new Set(routed)].toSorted());
});

it('says of every operation, parameter and field of a body what it is for', () => {
  const ids = operations().map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operationId, summary, parameters = [], ...operation } of operations()) {
    const fields = Object.values(bodyOf({ operationId, summary, ...operation })?.properties ?? {}) as { description?: string }[];
    const words = [summary, ...parameters.map(({ description }) => description), ...fields.map(({ description }) => description)];
    expect([operationId, words.filter((each) => !each)]).toEqual([operationId, []]);
  }
});

it('takes the valid call of every route, and promises the status that it is answered with', async () => {
  await expectOf(
    ROUTE_TABLE,
    async (row) => {
      const { browser } = await acme.person('platform_admin');
      const values = await make(row, acme, browser);
      const operation = operationOf(row);
      const { body } = filled(row, values);
      const schema = operation.requestBody?.content['application/json']?.schema;
      const fits = schema ? ajv.validate({ $ref: `api${schema.$ref}` }, body ?? {}) : body === undefined;
      const known = new Set(operation.parameters?.filter((each) => each.in === 'query').map(({ name }) => name));
      const asked = [...new URLSearchParams(row.query).keys()].every((name) => known.has(name));
      const { status } = await send(api, row, browser, values);
      return `${fits ? 'fits' : ajv.errorsText()}, ${asked ? 'known' : 'unknown'}, ${status in operation.responses && status < 300 ? 'promised' : status}`;
    },
    () => 'fits, known, promised',
  );
}, 120_000);

it('names as callers exactly those whom the route serves', async () => {
  await expectOf(
    ROUTE_TABLE,
    async (row) => {
      const { security, description = '' } = operationOf(row);
      const schemes = security.flatMap((each) => Object.keys(each)).join(' ');
      const permission = permissionOf(row.who);
      const own = typeof row.who === 'object' && row.who.of === 'others';
      const said = permission === null || own || description.includes(`\`${permission}\``);
      return Promise.resolve(`${schemes}${said ? '' : `, not ${permission}`}`);
    },
    ({ who }) => (who === 'any browser' ? '' : takesTokens(who) ? 'browser_session access_token' : 'browser_session'),
  );
  expect(CLIENT_ROUTES.map((row) => operationOf(row).security)).toEqual([[{ client_secret_basic: [] }]]);
});

it('states no type and no value of a field that is not judged: what does not fit is refused at that field', async () => {
  await expectOf(
    ROUTE_TABLE.filter(({ body }) => body),
    async (row) => {
      const browser = acme.admin;
      const values = await make(row, acme, browser);
      const unjudged: string[] = [];
      for (const [name, schema] of Object.entries(bodyOf(operationOf(row))!.properties!)) {
        const answer = await send(api, row, browser, values, { more: { [name]: misfit(schema) } });
        const pointers = ((answer.body?.['errors'] ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);
        if (answer.status !== 422 || !pointers.some((pointer) => pointer.startsWith(`/${name}`))) unjudged.push(`${name}: ${told(answer)}`);
      }
      return unjudged.join(', ');
    },
    () => '',
  );
}, 120_000);

it('offers for every list the keys that it can be sorted by, and judges every parameter that it states', async () => {
  const rows = ROUTE_TABLE.filter((row) => methodOf(row) === 'GET' && operationOf(row).parameters?.some((each) => each.in === 'query'));
  expect(rows.filter((row) => operationOf(row).parameters!.some(({ name }) => name === 'sort')).length).toBeGreaterThan(8);
  await expectOf(
    rows,
    async (row) => {
      const values = await make({ ...row, mine: true }, acme, acme.admin);
      const { address } = filled(row, values);
      const call = async (name: string, value: string) => {
        const url = new URL(address, api.issuer);
        url.searchParams.set(name, value);
        return (await acme.admin.get(url.pathname + url.search)).status;
      };
      const wrong: string[] = [];
      for (const { name, schema } of operationOf(row).parameters!.filter((each) => each.in === 'query')) {
        for (const value of schema.enum ?? []) if ((await call(name, value)) !== 200) wrong.push(`${name}=${value}`);
        const free = schema.type === 'string' && !schema.enum && !('format' in schema) && !('anyOf' in schema) && name !== 'cursor';
        if (!free && (await call(name, 'no such value')) !== 422) wrong.push(`${name} is not judged`);
      }
      return wrong.join(', ');
    },
    () => '',
  );
  expect(rows.flatMap((row) => namesIn(row)).length).toBeGreaterThan(0);
}, 120_000);
