// One step of the schema, as a server's start makes it: node migration.mjs undo|redo, on DATABASE_URL.
import { migrate } from '../../dist/platform/database/migrate.js';
import { ownerDataSource } from '../../dist/schema.js';

const url = process.env.DATABASE_URL;
const owner = ownerDataSource(url);
if (process.argv[2] === 'undo') {
  await owner.initialize();
  await owner.undoLastMigration();
  await owner.destroy();
} else await migrate(owner, url);
