// node bench/data.mjs DIRECTORY [share]: makes a PostgreSQL with an empty installation and a full one, for `bench/scale.mjs DIRECTORY` to use
// again and again; a share of 0.01 makes a hundredth of it, in seconds.
import { openPlace } from './lib/scale/place.mjs';
import { sizesOf } from './lib/scale/grow.mjs';

const [directory, share = '1'] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('Name a directory that is to hold the data, 12 GB at its full size.\n');
  process.exit(2);
}
const say = (what, seconds) => process.stdout.write(`${what}: ${seconds.toFixed(1)} s\n`);
const place = await openPlace({ directory, sizes: sizesOf(Number(share)), say });
process.stdout.write(`${JSON.stringify(place.sizes)}\n`);
await place.stop();
