// npm run bench:stress: a storm of sign-ins beside introspection, ten times more requests in flight than are needed to be busy, and a soak of
// everything (`--soak-minutes N`, 10 unless said otherwise; 0 leaves it out). `--only storm,overload,soak`.
import { parseArgs } from 'node:util';
import { Promises } from './lib/promises.mjs';
import { startTogether } from './lib/replicas.mjs';
import { measureOverload } from './lib/stress/overload.mjs';
import { soak } from './lib/stress/soak.mjs';
import { measureStorm } from './lib/stress/storm.mjs';

const { 'soak-minutes': minutes, only = 'storm,overload,soak' } = parseArgs({
  options: { 'soak-minutes': { type: 'string', default: '10' }, only: { type: 'string' } },
}).values;
const wanted = new Set(only.split(','));

/** As it ships: here it is the hashing that is the stress. */
const BCRYPT_COST = '12';

const together = await startTogether();
const promises = new Promises();
const figures = {};
try {
  const server = await together.start({ BCRYPT_COST });
  if (wanted.has('soak') && Number(minutes)) figures.soak = await soak(server, Number(minutes), promises);
  together.spread();
  if (wanted.has('storm')) figures.storm = await measureStorm(server, together, promises);
  if (wanted.has('overload')) figures.overload = await measureOverload(server, together, promises);
} finally {
  await together.stop();
}
process.exit(promises.conclude('stress', figures));
