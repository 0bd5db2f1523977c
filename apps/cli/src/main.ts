import { type CreatedClient, OAUTH_ENDPOINTS, type UserInfo } from '@behalf/domain';
import { Command } from 'commander';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { openInBrowser, seesBrowser } from './browser.js';
import { apply, describeStep, openSecrets, plan } from './clients.js';
import { type Credentials, credentialsFile, forgetCredentials, readCredentials, writeCredentials } from './credentials.js';
import { Fault } from './fault.js';
import { login } from './login.js';
import { sendForm, Server } from './server.js';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const behalf = new Command('behalf').description('Administer Behalf from a terminal.').showHelpAfterError();
behalf.option('--credentials <file>', 'where the sign-in is kept (default: ~/.config/behalf/credentials.json)');
const kept = () => credentialsFile(behalf.opts<{ credentials?: string }>().credentials, process.env);

behalf
  .command('login')
  .description(
    'sign in through the browser. Needs a public client that an administrator registers with the redirect URI http://127.0.0.1/callback, and with full access where you want to change things',
  )
  .requiredOption('--issuer <url>', 'address of the server')
  .requiredOption('--client-id <id>', 'of that client')
  .option('--scope <scope>', 'less than the client may have, such as read')
  .option('--no-browser', 'print the address, and open nothing')
  .action(async ({ issuer, clientId, scope, browser }: { issuer: string; clientId: string; scope?: string; browser: boolean }) => {
    const opens = browser && seesBrowser(process.env, process.platform);
    const show = (address: string) => {
      say(
        `${opens ? 'Your browser opens this address. Where it does not, open it yourself:' : 'Open this address in your browser:'}\n\n${address}\n`,
      );
      if (opens) void openInBrowser(address);
    };
    writeCredentials(kept(), await login(issuer, clientId, scope, show));
    say('You are signed in.');
  });

behalf
  .command('logout')
  .description('revoke the sign-in and forget it')
  .action(async () => {
    const found = readCredentials(kept());
    if (!found) {
      forgetCredentials(kept());
      return say('You were not signed in.');
    }
    const faults = await revoke(found);
    forgetCredentials(kept());
    if (faults.length)
      throw new Fault([...faults, 'The sign-in is forgotten here, but the server did not revoke it: end it in Active Sessions.']);
    say('You are signed out.');
  });

behalf
  .command('whoami')
  .description('say as whom you are signed in')
  .action(async () => {
    const server = new Server(kept());
    const { email, authorized_teams } = await server.call<UserInfo>('GET', OAUTH_ENDPOINTS.userinfo);
    say(`${email} at ${server.issuer}, on ${authorized_teams.map(({ name }) => name).join(', ') || 'no team'}`);
  });

const clients = behalf.command('clients').description('OAuth clients as code');

clients
  .command('plan')
  .description('say what apply would do')
  .requiredOption('-f, --file <yaml>', 'declared clients, under the key clients')
  .option('--prune', 'delete what is not declared', false)
  .action(async ({ file, prune }: { file: string; prune: boolean }) => {
    for (const step of await plan(new Server(kept()), file, prune)) describeStep(step).forEach(say);
  });

clients
  .command('apply')
  .description('make the server hold what is declared')
  .requiredOption('-f, --file <yaml>', 'declared clients, under the key clients')
  .option('--prune', 'delete what is not declared', false)
  .option('--yes', 'do not ask before deleting', false)
  .option('--secrets <file>', 'write the secrets of new clients here, readable by you alone, instead of showing them')
  .action(async ({ file, prune, yes, secrets }: { file: string; prune: boolean; yes: boolean; secrets?: string }) => {
    const server = new Server(kept());
    const steps = await plan(server, file, prune);
    steps.flatMap(describeStep).forEach(say);
    const doomed = steps.filter(({ kind }) => kind === 'delete').length;
    if (doomed && !yes) await confirm(doomed);
    const keep = secrets === undefined ? showSecret : openSecrets(secrets);
    for (const step of steps) {
      const created = await apply(server, step);
      if (created?.client_secret) keepOrShow(keep, created);
    }
    say('Done.');
  });

/** Commands that work on the installation itself, with its own environment. */
const INSTALLATION: readonly [name: string, programs: readonly string[], description: string][] = [
  ['doctor', ['doctor'], 'look at an installation and say what is wrong; changes nothing'],
  ['after-restore', ['after-restore'], 'end everything that a restored backup holds (--yes), before the first start'],
  [
    'backup check',
    ['doctor --restored', 'verify-audit'],
    'look at a restored database: all of doctor, and the audit log against its seals',
  ],
  [
    'admin create',
    ['create-administrator'],
    'make a Platform Admin (--email, --name, --force); the password is asked for, or comes on the standard input',
  ],
  ['keys rotate', ['rotate-keys'], 'make the next signing key (--compromised: and withdraw all others)'],
  ['audit replay', ['replay-audit'], 'send the batches that the receiver of the audit stream refused again'],
  ['audit verify', ['verify-audit'], 'check the audit log against its seals (--head NUMBER:DIGEST)'],
];
for (const [name, programs, description] of INSTALLATION) {
  const words = name.split(' ');
  const parent = words.length === 1 ? behalf : (behalf.commands.find((each) => each.name() === words[0]) ?? behalf.command(words[0]!));
  parent
    .command(words.at(-1)!)
    .description(description)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async (_options: object, { args }: Command) => {
      const codes: number[] = [];
      for (const program of programs) {
        const [file, ...own] = program.split(' ');
        codes.push(await runServerProgram(file!, [...own, ...args]));
      }
      process.exitCode = Math.max(...codes);
    });
}

/** The same process group and streams, so that a password never passes through here. */
function runServerProgram(program: string, args: readonly string[]): Promise<number> {
  const path = fileURLToPath(new URL(`../../api/dist/${program}.js`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // As a shell tells it of what a signal ended.
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** @returns why the server did not, if it did not */
async function revoke({ issuer, client_id, refresh_token, access_token }: Credentials): Promise<readonly string[]> {
  try {
    const { ok, status } = await sendForm(issuer, OAUTH_ENDPOINTS.revocation, { token: refresh_token ?? access_token, client_id });
    return ok ? [] : [`The server answered ${status}.`];
  } catch (error) {
    return error instanceof Fault ? error.lines : [(error as Error).message];
  }
}

function showSecret({ client, client_secret }: CreatedClient): void {
  say(`Secret of ${client.client_name} (${client.client_id}), shown this once: ${client_secret}`);
}

/** The client is made already: whatever stops the keeping of its secret, the secret is not lost. */
function keepOrShow(keep: (created: CreatedClient) => void, created: CreatedClient): void {
  try {
    keep(created);
  } catch (error) {
    showSecret(created);
    throw error;
  }
}

/** @throws Fault where anything else is typed */
async function confirm(doomed: number): Promise<void> {
  const wanted = `delete ${doomed}`;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const typed = await terminal.question(`Type "${wanted}" to go on: `).finally(() => terminal.close());
  if (typed !== wanted) throw new Fault(['Nothing was done.']);
}

try {
  await behalf.parseAsync();
} catch (error) {
  for (const line of error instanceof Fault ? error.lines : [(error as Error).message]) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
