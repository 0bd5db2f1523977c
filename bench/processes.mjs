// npm run bench:processes: one process against two workers and three replicas behind a TCP balancer, on one PostgreSQL; then what is revoked on
// one replica is used on another, 10,000 times (`--probes N`), and not one answer may be stale.
import { parseArgs } from 'node:util';
import { OPERATIONS } from './lib/operations.mjs';
import { Promises, table } from './lib/promises.mjs';
import { startBalancer, startTogether } from './lib/replicas.mjs';
import { plantLive } from './lib/scale/live.mjs';
import { Caller } from './lib/steady.mjs';

const { probes, seconds } = parseArgs({
  options: { probes: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '4' } },
}).values;
const ROUNDS = 3;
const CONNECTIONS = 64;
const READ_TOKENS = 1_000;
const AT_ONCE = 16;

const together = await startTogether();
const promises = new Promises();
const figures = { probes: Number(probes) };
let balancer;
try {
  const replicas = [await together.start()];
  for (let more = 0; more < 2; more += 1) replicas.push(await together.start());
  const workers = await together.start({ WEB_CONCURRENCY: '2' });
  balancer = await startBalancer(replicas.map(({ url }) => url));
  together.spread();
  const live = await plantLive(together, READ_TOKENS + Number(probes));
  const reading = { ...live, tokens: live.tokens.slice(0, READ_TOKENS) };
  figures.rates = await throughput(
    { 'one process': replicas[0], 'two workers': workers, 'three replicas, balanced': { ...replicas[0], url: balancer.url } },
    reading,
  );
  figures.stale = await probe(
    replicas.map(({ url }) => new Caller(url, AT_ONCE)),
    { ...live, tokens: live.tokens.slice(READ_TOKENS) },
  );
} finally {
  balancer?.stop();
  await together.stop();
}
process.exit(promises.conclude('processes', figures));

/** Introspection, each arrangement in turn. */
async function throughput(arrangements, live) {
  const rates = {};
  let wrong = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, { url, pids }] of Object.entries(arrangements)) {
      const contender = { name, url, pids, paths: { introspect: '/oauth2/introspect' }, ...live };
      const { rate, bad } = await OPERATIONS.introspect(contender, { connections: CONNECTIONS, seconds: Number(seconds) });
      wrong += bad;
      if (round) (rates[name] ??= []).push(rate);
    }
  }
  const median = (each) => each.toSorted((left, right) => left - right)[Math.floor(each.length / 2)];
  const one = median(rates['one process']);
  table(
    ['arrangement', 'introspections/s', 'x one process'],
    Object.entries(rates).map(([name, each]) => [name, median(each).toFixed(0), (median(each) / one).toFixed(2)]),
  );
  promises.must('introspection in every arrangement is right', wrong === 0, `${wrong} wrong`);
  return rates;
}

/** Each token is seen to work on one replica, ended on another in one of three ways, and used on the first at once. */
async function probe(callers, { authorization, tokens }) {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const post = (caller, path, body) => caller.send({ method: 'POST', path, headers, body });
  const introspect = async (caller, { access_token }) => (await post(caller, '/oauth2/introspect', `token=${access_token}`)).text;
  const seen = { stale: 0, unusable: 0, unanswered: 0 };
  const one = async (number, token) => {
    const [here, there] = [callers[number % callers.length], callers[(number + 1 + (number % 2)) % callers.length]];
    if (!(await introspect(there, token)).startsWith('{"active":true')) return void (seen.unusable += 1);
    const revoked = await post(here, '/oauth2/revoke', `token=${number % 3 ? token.access_token : token.refresh_token}`);
    if (revoked.status !== 200) return void (seen.unanswered += 1);
    if (number % 3 === 2) {
      const used = await there.send({ path: '/oauth2/userinfo', headers: { authorization: `Bearer ${token.access_token}` } });
      if (used.status !== 401) seen.stale += 1;
    } else if ((await introspect(there, token)) !== '{"active":false}') seen.stale += 1;
  };
  const began = performance.now();
  let next = 0;
  const work = async () => {
    for (let number = next++; number < tokens.length; number = next++) await one(number, tokens[number]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const caller of callers) caller.close();
  const took = ((performance.now() - began) / 1000).toFixed(0);
  promises.must(
    'every token worked before it was revoked',
    seen.unusable + seen.unanswered === 0,
    `${seen.unusable} did not, ${seen.unanswered} could not be revoked`,
  );
  promises.must(
    'what was revoked on one replica is refused by another',
    seen.stale === 0,
    `${seen.stale} stale of ${tokens.length} in ${took} s`,
  );
  return seen;
}
