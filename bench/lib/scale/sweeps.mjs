import { table } from '../promises.mjs';
import { introspections, percentiles, steady } from '../steady.mjs';

const RATE = 200;
const CALM_SECONDS = 15;
/** Longer than the minute from one round of the sweepers to the next. */
const WATCHED_SECONDS = 66;
const AROUND_MS = 1_000;
const LIMIT = 3;

/** Introspection while nothing else happens, and while the sweepers of the server take away what has ended. */
export async function measureSweeps(server, live, promises) {
  const next = introspections(live);
  const calm = await steady({ url: server.url, rate: RATE, seconds: CALM_SECONDS, next });
  const watch = watchDeletions(server);
  const swept = await steady({ url: server.url, rate: RATE, seconds: WATCHED_SECONDS, next });
  const deletions = await watch.stop();
  const beside = percentiles(swept.samples.filter(({ due }) => deletions.some(({ at }) => Math.abs(at - due) < AROUND_MS)));
  const rows = deletions.reduce((sum, each) => sum + each.rows, 0);
  table(
    ['introspection', 'requests', 'median ms', 'p99 ms', 'slowest ms'],
    Object.entries({ calm, 'beside a sweep': beside }).map(([what, { requests, p50, p99, max }]) => [
      what,
      String(requests),
      p50,
      p99,
      max,
    ]),
  );
  promises.must('introspection beside a sweep is right', calm.bad + swept.bad === 0, `${calm.bad + swept.bad} wrong`);
  promises.must('a sweep takes away what has ended', rows > 0, `${rows} rows in ${WATCHED_SECONDS} s`);
  promises.aim('introspection beside a sweep, p99', beside.p99 / calm.p99, LIMIT, 'x');
  return { calm: percentiles(calm.samples), beside, rows };
}

/** Introspection while another process drops the oldest months, and while one starts that has nothing to drop. @param start begins a server */
export async function measureRetention(server, live, { start, retention_days }, promises) {
  const months = async () =>
    (await server.sql(`SELECT count(*)::integer AS n FROM pg_inherits WHERE inhparent = 'audit_event'::regclass`))[0].n;
  const while_starting = async (env) => {
    const started = start(env);
    const seen = await steady({ url: server.url, rate: RATE, until: started, next: introspections(live) });
    await (await started).stop();
    return seen;
  };
  const calm = await while_starting({});
  const before = await months();
  const dropping = await while_starting({ AUDIT_RETENTION_DAYS: String(retention_days) });
  const dropped = before - (await months());
  promises.must('introspection beside retention is right', calm.bad + dropping.bad === 0, `${calm.bad + dropping.bad} wrong`);
  promises.must('retention drops months', dropped > 0, `${dropped} of ${before}`);
  promises.aim('introspection beside retention, p99', dropping.p99 / calm.p99, LIMIT, 'x');
  table(
    ['introspection while a process', 'requests', 'median ms', 'p99 ms', 'slowest ms'],
    Object.entries({ starts: calm, [`starts and drops ${dropped} months`]: dropping }).map(([what, { requests, p50, p99, max }]) => [
      what,
      String(requests),
      p50,
      p99,
      max,
    ]),
  );
  return { calm: percentiles(calm.samples), dropping: percentiles(dropping.samples), dropped };
}

/** When rows of the swept tables went, in milliseconds from now. */
function watchDeletions({ sql }) {
  const began = performance.now();
  const count = async () => {
    const [{ n }] = await sql(
      `SELECT sum(n_tup_del)::integer AS n FROM pg_stat_user_tables WHERE relname IN ('authorization_grant', 'consent', 'ui_session')`,
    );
    return n;
  };
  const seen = [];
  const over = new AbortController();
  const watching = (async () => {
    let before = await count();
    while (!over.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      const now = await count();
      if (now !== before) seen.push({ at: performance.now() - began, rows: now - before });
      before = now;
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await watching;
      return seen;
    },
  };
}
