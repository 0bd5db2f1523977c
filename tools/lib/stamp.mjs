import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ROOT } from './run.mjs';

const SKIPPED = new Set(['node_modules', 'dist', 'test-results']);

/** A hash over files and folders of the workspace, and over this Node: what a finished step depended on. */
export function fingerprint(paths) {
  const hash = createHash('sha256').update(`${process.versions.modules} ${process.platform} ${process.arch}`);
  for (const path of paths.flatMap((each) => filesBelow(resolve(ROOT, each)))) hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}

/** Whether a step was finished with the same input before. */
export function isDone(name, print) {
  const file = stampFile(name);
  return existsSync(file) && readFileSync(file, 'utf8') === print;
}

/** Remembers that a step was finished. */
export function markDone(name, print) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), print);
}

function stampFile(name) {
  return join(ROOT, 'node_modules', '.behalf', name);
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSync(dirname(path), { withFileTypes: true });
  const entry = entries.find((each) => join(dirname(path), each.name) === path);
  if (!entry?.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !SKIPPED.has(name))
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
