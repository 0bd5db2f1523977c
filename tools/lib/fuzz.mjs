import { parseArgs } from 'node:util';
import { bin } from './run.mjs';
import { say } from './say.mjs';

const NEW_SEEDS = 1e9;
const WHOLE = /^\d{1,9}$/;

/**
 * Sends hostile input to a server of its own for some minutes.
 *
 * @param args `--seed N` for the run that a finding named, else a new one; `--minutes M`, 10 unless said otherwise
 * @returns an exit code: 1 where there are findings
 */
export async function runFuzz(args) {
  const { values } = parseArgs({ args, options: { seed: { type: 'string' }, minutes: { type: 'string' } } });
  const { seed = String(Math.floor(Math.random() * NEW_SEEDS)), minutes = '10' } = values;
  if (!WHOLE.test(seed) || !WHOLE.test(minutes)) {
    say('Usage: npm run fuzz -- [--seed N] [--minutes M], both whole numbers');
    return 2;
  }
  say(`Hostile input for ${minutes} minutes, seed ${seed} …`);
  return bin('jest', ['--ci', '--selectProjects', 'fuzz'], { env: { FUZZ_SEED: seed, FUZZ_MINUTES: minutes } });
}
