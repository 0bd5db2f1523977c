import { startApi } from '../support/api.js';
import { fuzz } from './fuzzer.js';
import { tell } from './report.js';

const SEED = Number(process.env['FUZZ_SEED']);
const MINUTES = Number(process.env['FUZZ_MINUTES']);
const SECOND_MS = 1000;
const MIB = 1024 * 1024;
/** What a process may have grown by after all of it, once it has rested. */
const GROWTH_MAX = 1.2;
const REST_MS = 60 * SECOND_MS;
/** What a last round and the search for the least request may take beyond the minutes that were asked for. */
const GRACE_MS = 600 * SECOND_MS;

it(
  'hostile input leaves no fault, no word of another organization, and no memory behind',
  async () => {
    const api = await startApi({ LOG_LEVEL: 'warn' }, { hostile: true });
    try {
      // Warm is who has met everything once.
      const first = await fuzz(api, { seed: SEED, seconds: 0, calls: 10 });
      const warm = await api.memory();
      const report = await fuzz(api, { seed: SEED + 1, seconds: MINUTES * 60, calls: 15 });
      const busy = await api.memory();
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      const rested = await api.memory();
      const memory = [warm, busy, rested].map((bytes) => `${(bytes / MIB).toFixed(0)} MiB`);
      process.stdout.write(
        `${tell(first)}\n${tell(report)}\nresident memory: ${memory[0]} warm, ${memory[1]} at the end, ${memory[2]} after a minute of rest\n`,
      );
      expect([...first.findings, ...report.findings]).toEqual([]);
      expect(rested / warm).toBeLessThanOrEqual(GROWTH_MAX);
    } finally {
      await api.stop();
    }
  },
  MINUTES * 60 * SECOND_MS + REST_MS + GRACE_MS,
);
