import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './run.mjs';

const SKIPPED = new Set(['node_modules', 'dist']);

/**
 * Runs a step unless it succeeded before with the same input: files and folders of the workspace, and this Node.
 *
 * @param outputs what the step leaves behind; when one is missing it runs again
 * @param run answers an exit code
 * @returns the exit code, 0 where there was nothing to do
 */
export async function unlessDone(name, { inputs, outputs, run }) {
  const file = join(ROOT, 'node_modules/.behalf', name);
  const print = fingerprint(inputs);
  const isDone = existsSync(file) && readFileSync(file, 'utf8') === print && outputs.every((path) => existsSync(join(ROOT, path)));
  if (isDone) return 0;
  rmSync(file, { force: true });
  const code = await run();
  if (code !== 0) return code;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, print);
  return 0;
}

function fingerprint(paths) {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`);
  for (const path of paths.flatMap(filesBelow)) hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

function filesBelow(path) {
  const absolute = join(ROOT, path);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [path];
  const names = readdirSync(absolute).filter((name) => !SKIPPED.has(name));
  return names.sort().flatMap((name) => filesBelow(join(path, name)));
}
