// Writes a migration with what the entities have and the migrations do not: npm run migration:new -- add-something
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerDataSource } from '../apps/api/dist/schema.js';
import { startPostgres } from '../libs/postgres/dist/index.js';
import { bin, ROOT } from './lib/run.mjs';
import { say } from './lib/say.mjs';

const FOLDER = join(ROOT, 'apps/api/src/platform/database/migrations');
const INDEX = join(FOLDER, 'index.ts');

const [name = ''] = process.argv.slice(2);
if (/^[a-z]+(-[a-z0-9]+)*$/.test(name)) process.exitCode = await writeMigration(name, await differences());
else {
  say('Usage: npm run migration:new -- name-of-the-change');
  process.exitCode = 2;
}

/** The statements that lead from an empty database with all migrations to what the entities say, and back. */
async function differences() {
  const directory = mkdtempSync(join(tmpdir(), 'behalf-migration-'));
  const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), durable: false });
  try {
    await postgres.ensureDatabase('migrated');
    const dataSource = await ownerDataSource(postgres.url('migrated')).initialize();
    await dataSource.runMigrations();
    const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    return { up: upQueries.map(({ query }) => query), down: downQueries.map(({ query }) => query).reverse() };
  } finally {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function writeMigration(change, { up, down }) {
  if (!up.length) {
    say('Entities and migrations agree: there is nothing to write.');
    return 0;
  }
  const stamp = Date.now();
  const type = `${change.replaceAll(/(^|-)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase())}${stamp}`;
  const file = join(FOLDER, `${stamp}-${change}.ts`);
  writeFileSync(file, source(type, up, down));
  const listed = readFileSync(INDEX, 'utf8').replace(/\];\s*$/, `, ${type}];\n`);
  writeFileSync(INDEX, `import { ${type} } from './${stamp}-${change}.js';\n${listed}`);
  say(`Wrote ${file} and listed it. Edit it until it reads as written; a new table also needs its GRANT to the application's role.`);
  return bin('prettier', ['--write', '--log-level', 'warn', file, INDEX]);
}

function source(type, up, down) {
  const text = (statements) => statements.map((statement) => `${statement.replaceAll(/[`\\$]/g, '\\$&')};`).join('\n');
  return `import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = \`\n${text(up)}\n\`;

const DOWN = \`\n${text(down)}\n\`;

export class ${type} implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
`;
}
