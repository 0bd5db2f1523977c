import { fuzz } from './fuzz/fuzzer.js';
import { tell } from './fuzz/report.js';
import { type Api, startApi } from './support/api.js';

let api: Api;

beforeAll(async () => {
  api = await startApi({ LOG_LEVEL: 'warn' }, { hostile: true });
}, 60_000);

afterAll(() => api.stop());

it('no input of any route makes a fault of ours, tells of another organization, or speaks in words that are not documented', async () => {
  const report = await fuzz(api, { seed: 20_261_126, seconds: 0, calls: 12 });
  process.stdout.write(`${tell(report)}\n`);
  expect(report.findings).toEqual([]);
}, 120_000);
