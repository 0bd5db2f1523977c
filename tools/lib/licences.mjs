import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceFolders } from './install.mjs';
import { ROOT } from './run.mjs';
import { say } from './say.mjs';

const PAGE = 'docs/licences.md';
/** What asks for no more than to be named: whoever ships Behalf owes nothing else. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'PostgreSQL',
  'Unlicense',
]);
/** Packages that say it elsewhere than in their manifest; for exactly this version it was looked up there. */
const LOOKED_UP = { 'pause@0.0.1': 'MIT' };
/** The console is a bundle, so what it is made of counts as a development dependency: all of it ships but the tools. */
const BUNDLED = 'apps/web';
const TOOLS = /^(@types\/|@vitejs\/|postcss|vite$)/;
const NOT_SHIPPED = new Set(['e2e', 'bench', 'apps/examples']);

/**
 * Holds the licences of all packages that ship to the list of allowed ones, and docs/licences.md to the packages. What
 * is installed is asked, so that it works without a network.
 *
 * @param write writes the page anew where it differs, instead of telling it
 * @returns an exit code
 */
export async function checkLicences({ write = false } = {}) {
  const packages = shippedPackages();
  const faults = packages.filter(({ licence }) => !isAllowed(licence)).map(({ key, licence }) => `${key} is under ${licence}`);
  // A walk that found nothing would allow everything.
  if (packages.length < 50) faults.push(`only ${packages.length} packages were found: are they installed?`);
  const page = await pageOf(packages);
  const path = join(ROOT, PAGE);
  if (!existsSync(path) || readFileSync(path, 'utf8') !== page) {
    if (write) writeFileSync(path, page);
    if (write) say(`${PAGE} was written anew: commit it.`);
    else faults.push(`${PAGE} does not list what is installed: run npm run audit:deps and commit it`);
  }
  for (const fault of faults) say(`✗ ${fault}`);
  return faults.length ? 1 : 0;
}

/** Every package that the server and the console are made of, with what it depends on, each once. */
function shippedPackages() {
  const found = new Map();
  for (const folder of workspaceFolders()) if (!NOT_SHIPPED.has(folder)) visitDependencies(join(ROOT, folder), folder === BUNDLED, found);
  return [...found.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

function visitDependencies(folder, isBundled, found) {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifestOf(folder);
  const bundled = isBundled ? Object.keys(devDependencies ?? {}).filter((name) => !TOOLS.test(name)) : [];
  const named = { ...dependencies, ...optionalDependencies, ...peerDependencies, ...peerDependenciesMeta };
  for (const name of [...Object.keys(named), ...bundled]) {
    const installed = findPackage(folder, name);
    // Meant for another platform, or a peer that may be left out.
    if (installed) visit(installed, found);
  }
}

function visit(folder, found) {
  const manifest = manifestOf(folder);
  const { name, version, private: own, os } = manifest;
  const key = `${os ? name.replace(/[^/]+$/, '(platform)') : name}@${version}`;
  if (found.has(key)) return;
  if (!own) found.set(key, { key, licence: LOOKED_UP[key] ?? licenceOf(manifest) });
  visitDependencies(folder, false, found);
}

/** A package as Node finds it from a folder: below it for the workspace's own, beside it where pnpm keeps the others. */
function findPackage(from, name) {
  const beside = from.slice(0, from.lastIndexOf('node_modules') + 'node_modules'.length);
  const path = [join(from, 'node_modules', name), join(beside, name)].find((each) => existsSync(join(each, 'package.json')));
  return path ? realpathSync(path) : null;
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** As manifests state it today, or did: `license`, an object with its type, or a list of such. */
function licenceOf({ license, licenses }) {
  const stated = [license ?? licenses ?? []].flat().map((each) => each.type ?? each);
  return stated.length ? stated.join(' OR ') : 'no stated licence';
}

/**
 * One of the alternatives suffices; of what holds together, everything has to be allowed (SPDX expressions). One that mixes both
 * within brackets is for a person to read: its key belongs into LOOKED_UP.
 */
function isAllowed(licence) {
  if (/[()]/.test(licence) && licence.includes(' AND ') && licence.includes(' OR ')) return false;
  const alternatives = licence.replaceAll(/[()]/g, '').split(' OR ');
  return alternatives.some((each) => each.split(' AND ').every((one) => ALLOWED.has(one.trim())));
}

async function pageOf(packages) {
  const count = (licence) => packages.filter((each) => each.licence === licence).length;
  const licences = [...new Set(packages.map(({ licence }) => licence))].toSorted((one, other) => (one < other ? -1 : 1));
  const rows = (pairs) => pairs.map(([one, other]) => `| ${one} | ${other} |`).join('\n');
  const text = `# Licences

Written by \`npm run audit:deps\` from what is installed, and compared by \`npm run check\`: do not edit this page. It lists
every package that ships with Behalf, in the server or in the console's bundle, and what those depend on. \`(platform)\`
stands for the package of the machine's own platform. A licence that is not among those in
[licences.mjs](../tools/lib/licences.mjs) fails the check.

| licence | packages |\n| --- | --- |\n${rows(licences.map((licence) => [licence, count(licence)]))}

| package | licence |\n| --- | --- |\n${rows(packages.map(({ key, licence }) => [key, licence]))}
`;
  const { format, resolveConfig } = await import('prettier');
  return format(text, { ...(await resolveConfig(join(ROOT, PAGE))), parser: 'markdown' });
}
