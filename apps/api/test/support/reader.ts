import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from './api.js';
import type { Browser } from './browser.js';
import { consentAt, onFreePort } from './examples.js';
import { type Block, missingLine } from './fenced.js';

const EXAMPLES = join(__dirname, '../../../examples');
const PATIENCE_MILLISECONDS = 60_000;
/** What a server of the pages prints once it can be called. */
const READY = /listens at|orders/;
const MARK = '--- the terminal goes on from here ---';
const ADDRESSES: readonly (readonly [name: string, address: string])[] = [
  ['API_URL', 'http://127.0.0.1:8081'],
  ['WEB_APP_URL', 'http://127.0.0.1:8082'],
  ['BROWSER_APP_URL', 'http://127.0.0.1:8083'],
  ['MCP_SERVER_URL', 'http://127.0.0.1:8084/mcp'],
  ['OWN_API_URL', 'http://127.0.0.1:8090'],
];

/**
 * Somebody who follows a page: types each block into one terminal, gives what keeps running a terminal of its own, and opens the
 * addresses that are printed in a signed-in browser.
 */
export class Reader {
  readonly #children = new Map<ChildProcess, Promise<unknown>>();
  /** Where the one terminal stands: its folder and what was exported. */
  #state = '';

  private constructor(
    private readonly folder: string,
    private readonly browser: Browser,
    private readonly environment: Readonly<Record<string, string>>,
    /** What a page says, and what stands in its place here: no test owns the ports that the pages name. */
    private readonly instead: readonly (readonly [string, string])[],
  ) {}

  static async of(api: Api, browser: Browser): Promise<Reader> {
    const folder = mkdtempSync(join(tmpdir(), 'behalf-reader-'));
    const examples = join(folder, 'apps/examples');
    mkdirSync(join(examples), { recursive: true });
    for (const name of readdirSync(EXAMPLES)) if (name !== '.env') symlinkSync(join(EXAMPLES, name), join(examples, name));
    const settings: Record<string, string> = {};
    for (const [name, address] of ADDRESSES) settings[name] = await onFreePort(address);
    const ports = ADDRESSES.flatMap(([name, address]) => {
      const [from, to] = [new URL(address), new URL(settings[name]!)];
      return [[from.origin, to.origin] as const, [`listen(${from.port},`, `listen(${to.port},`] as const];
    });
    const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, BROWSER: 'none', ISSUER: api.issuer, ...caches(), ...settings };
    return new Reader(folder, browser, environment, [['http://localhost:3000', api.issuer], ...ports]);
  }

  /**
   * Follows a block.
   *
   * @returns what is printed otherwise than the page says, in words; null where all is as it says
   * @throws Error with what was printed, where the block fails
   */
  async follow(block: Block): Promise<string | null> {
    const text = this.#here(block.text);
    const printed = block.marks.includes('keep-running') ? await this.#keep(block, text) : await this.#type(block, text);
    const missing = block.expected === null ? null : missingLine(this.#here(block.expected), printed);
    return missing === null ? null : `line ${block.line} says that this is printed: ${missing}\nbut:\n${printed}`;
  }

  async stop(): Promise<void> {
    for (const { pid } of this.#children.keys()) if (pid !== undefined) endGroup(pid);
    await Promise.all(this.#children.values());
    rmSync(this.folder, { recursive: true, force: true });
  }

  #here(text: string): string {
    return this.instead.reduce((so_far, [from, to]) => so_far.replaceAll(from, to), text);
  }

  async #type(block: Block, text: string): Promise<string> {
    const goes_on = `\nprintf '%s\\n' '${MARK}'; export -p; printf 'cd %q\\n' "$PWD"; declare -f`;
    const { child, output } = this.#start(`${this.#state}\n${this.#command(block, text)}${goes_on}`);
    const code = await within(this.#children.get(child)!, block, output);
    const [printed = '', state] = output().split(`${MARK}\n`);
    if (code !== 0 || state === undefined) throw new Error(`The block at line ${block.line} ended with code ${String(code)}:\n${printed}`);
    this.#state = state;
    return printed;
  }

  /** In a new terminal: it begins in the repository, and knows nothing of the first one. */
  async #keep(block: Block, text: string): Promise<string> {
    const at_examples = block.language === 'sh' ? '' : 'cd apps/examples\n';
    const { child, output } = this.#start(at_examples + this.#command(block, text));
    const until = (async () => {
      while (!READY.test(output())) {
        if (child.exitCode !== null) throw new Error(`The block at line ${block.line} ended:\n${output()}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    await within(until, block, output);
    return output();
  }

  /** What is typed: the block itself, or what runs the file that it stands for. */
  #command({ language, line }: Block, text: string): string {
    if (language === 'sh') return text;
    const file = join(this.folder, 'apps/examples', `block-${line}.${{ js: 'mjs', python: 'py', go: 'go' }[language]}`);
    writeFileSync(file, text);
    return { js: `node --env-file=.env ${file}`, python: `python3 ${file}`, go: `go run ${file}` }[language]!;
  }

  #start(script: string): { child: ChildProcess; output: () => string } {
    // Nothing to read: bash takes the socket that Node would give it for a remote login, and reads its owner's settings.
    const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
      cwd: this.folder,
      env: this.environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let opened: Promise<unknown> | undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const address = /^http\S+\/oauth2\/authorize\?\S+$/m.exec(output)?.[0];
        if (address) opened ??= this.#open(address).catch((error: unknown) => (output += String(error)));
      });
    }
    this.#children.set(child, new Promise((resolve) => child.once('close', resolve)));
    return { child, output: () => output };
  }

  async #open(address: string): Promise<void> {
    await fetch(await consentAt(address, this.browser, ['Production']));
  }
}

/** With its children, which a shell leaves behind. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}

/** What Go has compiled before lies outside of the reader's empty home. */
function caches(): Record<string, string> {
  const { HOME = '/', GOCACHE = join(HOME, '.cache/go-build'), PYENV_ROOT = join(HOME, '.pyenv') } = process.env;
  return { GOCACHE, PYENV_ROOT, GOTOOLCHAIN: 'local', GOPROXY: 'off' };
}

async function within<T>(work: Promise<T>, { line }: Block, output: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The block at line ${line} takes too long:\n${output()}`)), PATIENCE_MILLISECONDS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
