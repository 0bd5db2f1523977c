import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';
import { ROOT } from './lib/run.mjs';

/** The generator's own TypeScript: the one that builds the product has no interface for programs. */
const ts = createRequire(createRequire(import.meta.url).resolve('ts-json-schema-generator'))('typescript');

const SOURCES = join(ROOT, 'apps/api/src');
const WRITTEN = join(SOURCES, 'openapi/answers.ts');
const SCRATCH = join(ROOT, '.cache/openapi');

const HEADER = `// Written by npm run openapi:types, and compared by npm run check.
import type { Schema } from './schema.js';

/** What the handlers of the management API answer, null for nothing, and the types that they use. */
export const ANSWERS: { operations: Record<string, Schema | null>; schemas: Record<string, Schema> } = `;

/** What no handler names as its result, since it is sent by hand or stands inside of a refusal. */
const MORE = ['TokenResponse', 'Introspection', 'UserInfo', 'OAuthErrorDocument', 'Violation', 'RiskCode', 'Permission', 'Client'];

process.exitCode = writeAnswerTypes({ check: process.argv.includes('--check') });

/**
 * Writes what the handlers of the management API answer as JSON Schema, read from the types that the compiler holds them to.
 *
 * @param check compares instead of writing
 * @returns an exit code: 1 where the committed file says anything else
 */
function writeAnswerTypes({ check }) {
  const { operations, imports } = handlers();
  mkdirSync(SCRATCH, { recursive: true });
  const path = join(SCRATCH, 'answers.ts');
  const tsconfig = join(SCRATCH, 'tsconfig.json');
  writeFileSync(path, synthetic(operations, imports));
  writeFileSync(tsconfig, JSON.stringify(projectOf()));
  const schema = createGenerator({ path, tsconfig, type: 'Answers', topRef: false, jsDoc: 'extended', skipTypeCheck: true }).createSchema(
    'Answers',
  );
  const text = `${HEADER}${JSON.stringify(split(schema, operations), null, 2)};\n`;
  if (!check) writeFileSync(WRITTEN, text);
  if (readFileSync(WRITTEN, 'utf8') === text) return 0;
  process.stderr.write('apps/api/src/openapi/answers.ts is not what the handlers answer: run npm run openapi:types.\n');
  return 1;
}

/** The result of every handler below api/v1, by `Class.method`, and the names that it uses. */
function handlers() {
  const operations = {};
  const imports = new Set(MORE);
  for (const file of readdirSync(SOURCES, { recursive: true }).filter((name) => name.endsWith('.controller.ts'))) {
    const source = ts.createSourceFile(file, readFileSync(join(SOURCES, file), 'utf8'), ts.ScriptTarget.Latest, true);
    for (const node of source.statements.filter(ts.isClassDeclaration)) {
      if (!decorated(node, 'Controller', (path) => path.startsWith('api/v1'))) continue;
      for (const method of node.members.filter((each) => ts.isMethodDeclaration(each) && isRoute(each))) {
        const type = resultOf(method, source);
        operations[`${node.name.text}.${method.name.text}`] = type;
        for (const name of type?.match(/\b[A-Z]\w+/g) ?? []) imports.add(name);
      }
    }
  }
  return { operations: Object.fromEntries(Object.entries(operations).toSorted(([a], [b]) => (a < b ? -1 : 1))), imports };
}

function decorated(node, name, judge) {
  const calls = (ts.getDecorators(node) ?? []).map(({ expression }) => expression).filter(ts.isCallExpression);
  return calls.some((call) => call.expression.getText() === name && judge(call.arguments[0]?.text ?? ''));
}

function isRoute(method) {
  return ['Get', 'Post', 'Put', 'Patch', 'Delete'].some((name) => decorated(method, name, () => true));
}

/** Without the promise around it; null for a handler that answers nothing, or sends its answer itself. */
function resultOf({ type, name }, source) {
  if (!type) throw new Error(`${source.fileName}: ${name.text} does not say what it answers.`);
  const text = type.getText(source).replace(/^Promise<(.*)>$/s, '$1');
  return text === 'void' ? null : text;
}

function synthetic(operations, imports) {
  const members = Object.entries({ ...operations, ...Object.fromEntries(MORE.map((name) => [name, name])) })
    .filter(([, type]) => type)
    .map(([name, type]) => `  '${name}': ${type};`);
  return `import type { ${[...imports].join(', ')} } from '@behalf/domain';\nexport interface Answers {\n${members.join('\n')}\n}\n`;
}

function projectOf() {
  const base = JSON.parse(readFileSync(join(ROOT, 'tsconfig.base.json'), 'utf8')).compilerOptions;
  const options = {
    ...base,
    module: 'esnext',
    moduleResolution: 'bundler',
    composite: false,
    incremental: false,
    declaration: false,
    noEmit: true,
  };
  return { compilerOptions: { ...options, paths: { '@behalf/domain': [join(ROOT, 'libs/domain/src/index.ts')] } }, files: ['answers.ts'] };
}

/** `Page<Client>` is no name for a component: it becomes `PageOfClient`. */
function split({ properties, definitions }, operations) {
  const plain = (name) =>
    decodeURIComponent(name)
      .replaceAll(/<([^<>]+)>/g, 'Of$1')
      .replaceAll(/[^A-Za-z0-9_.-]/g, '_');
  const moved = (value) => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, (MOVED[key] ?? moved)(each)]));
  };
  const MOVED = {
    $ref: (name) => `#/components/schemas/${plain(name.replace('#/definitions/', ''))}`,
    // Every number on the wire is whole; a member that is called `type` is none.
    type: (types) => (typeof types === 'object' && !Array.isArray(types) ? moved(types) : wholeNumbers(types)),
  };
  const schemas = Object.entries(definitions).map(([name, schema]) => [plain(name), moved(schema)]);
  const unknown = Object.entries(properties).filter(([, schema]) => !Object.keys(schema).length);
  if (unknown.length) throw new Error(`No type of @behalf/domain: ${unknown.map(([name]) => `${name}: ${operations[name]}`).join(', ')}.`);
  const answers = Object.entries(operations).map(([name, type]) => [name, type ? moved(properties[name]) : null]);
  return {
    operations: Object.fromEntries(answers),
    schemas: Object.fromEntries(schemas.toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function wholeNumbers(types) {
  const whole = (type) => (type === 'number' ? 'integer' : type);
  return Array.isArray(types) ? types.map(whole) : whole(types);
}
