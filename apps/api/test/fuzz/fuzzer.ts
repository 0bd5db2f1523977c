import fc from 'fast-check';
import type { Api } from '../support/api.js';
import { type Call, compose, type Mutation, type Pair, show } from './call.js';
import { FRAMINGS } from './framing.js';
import { mutations } from './hostile.js';
import { complaintsOf, type Expected } from './judge.js';
import { EVERYWHERE, type Target, targetsOf } from './targets.js';
import type { Finding, Report } from './report.js';
import { exchange, type Exchange } from './wire.js';
import { makeWorld, type World } from './world.js';

/** What a run is: the same seed sends the same mutations again, in calls whose ids are new. */
export interface Plan {
  readonly seed: number;
  /** How long to go on with rounds of mutations; one round always runs to its end. */
  readonly seconds: number;
  /** Mutated calls of each route in a round. */
  readonly calls: number;
}

const AT_ONCE = 6;
/** Which status means that a call was spent, so that the next one needs fresh ids. */
const isServed = (status: number) => status >= 200 && status < 400;
const SHRINKS_MS = 20_000;

/** Runs a plan against a server that is there already. */
export async function fuzz(api: Api, plan: Plan): Promise<Report> {
  const run = await Run.begin(api, plan);
  const framings = run.framings();
  const until = performance.now() + plan.seconds * 1_000;
  do await run.round();
  while (performance.now() < until);
  await framings;
  await run.aftermath();
  return run.report;
}

interface Sent {
  readonly complaints: string[];
  readonly status: number;
  readonly method: string;
}

class Run {
  readonly report: Report;
  #read = 0;

  private constructor(
    private world: World,
    private targets: readonly Target[],
    private readonly plan: Plan,
    private before: string,
    routes: ReadonlySet<string>,
  ) {
    const parameters = targets.flatMap(({ route, places }) => [...places, ...EVERYWHERE].map(({ at, name }) => `${route} ${at} ${name}`));
    this.report = {
      seed: plan.seed,
      requests: 0,
      rounds: 0,
      routes,
      parameters: new Set(parameters),
      framings: FRAMINGS.length,
      statuses: new Map(),
      served: new Set(),
      findings: [],
    };
  }

  static async begin(api: Api, plan: Plan): Promise<Run> {
    const world = await makeWorld(api);
    const routes = (await api.routes()).filter((route) => !route.includes(' /assets/'));
    return new Run(world, await targetsOf(world), plan, await world.witness(), new Set(routes));
  }

  get #port(): number {
    return Number(new URL(this.world.api.issuer).port);
  }

  /** Every target once as it is, by GET and HEAD, and then with mutations; some targets at once. */
  async round(): Promise<void> {
    const round = this.report.rounds++;
    if (round > 0) await this.#renew();
    const queue = [...this.targets.entries()];
    const work = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await this.#target(next[1], this.plan.seed + round * 10_007 + next[0]);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await this.aftermath();
  }

  /** Bytes that are no proper request, or come in an unheard-of way; they wait much and cost little, so all at once. */
  async framings(): Promise<void> {
    const call = await this.targets.find(({ route }) => route === 'POST /api/v1/oauth-clients/impact')!.make();
    const login = compose(call, []);
    await Promise.all(
      FRAMINGS.map(async ({ name, parts, expect, patience_ms }) => {
        const sent = parts(login);
        const given = await exchange(this.#port, sent, { head: false, ...(patience_ms && { patience_ms }) });
        this.#count(given);
        const wrong = [
          ...complaintsOf(given, { target: null, silence: expect.silence ?? false }, this.world.foreign),
          ...(expect.also?.(given) ?? []),
        ];
        for (const complaint of wrong) this.#find({ route: `framing: ${name}`, complaint, request: show(sent), seed: this.plan.seed });
      }),
    );
  }

  /** What shows only afterwards: the log, the memory of other organizations, and what was stored. */
  async aftermath(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 200));
    this.#readLog('whatever was sent');
    for (const route of this.#unserved())
      this.#find({ route, complaint: 'not even its valid call was served', request: '', seed: this.plan.seed });
    const route = 'all routes';
    if ((await this.world.witness()) !== this.before) {
      this.#find({ route, complaint: 'something of another organization was changed', request: '', seed: this.plan.seed });
    }
    for (const stored of await storedOutside(this.world.api)) {
      this.#find({ route, complaint: `stored although no rule allows it: ${stored}`, request: '', seed: this.plan.seed });
    }
  }

  /** Other people and things: what was sent may have signed them out, and their browsers have gathered cookies. */
  async #renew(): Promise<void> {
    this.world = await makeWorld(this.world.api);
    this.targets = await targetsOf(this.world);
    this.before = await this.world.witness();
  }

  /** What is refused at the door says nothing of what stands behind it. */
  #unserved(): string[] {
    return [...this.report.routes].filter((route) => !this.report.served.has(route.replace('HEAD ', 'GET ')));
  }

  async #target(target: Target, seed: number): Promise<void> {
    let call = await target.make();
    await this.#plain(target, call);
    if (target.route.startsWith('GET ')) await this.#plain(target, { ...call, method: 'HEAD' });
    let spent = !target.route.startsWith('GET ');
    const callers = target.route.includes(' /api/') && !target.endsSessions ? this.world.callers : [];
    const arbitrary = fc.record({
      changes: mutations(target.places, EVERYWHERE),
      // Mostly by whoever may call, so that the judgement of the values is reached.
      caller: fc.option(fc.nat({ max: Math.max(0, callers.length - 1) }), { freq: 3 }),
    });
    // The shrinker goes on from what failed, so the last failure is the least.
    let least: Finding | undefined;
    const property = fc.asyncProperty(arbitrary, async ({ changes, caller }) => {
      if (spent) call = await target.make();
      const other = caller === null ? undefined : callers[caller];
      const sent = other ? as(call, other) : call;
      const { complaints, status, method } = await this.#send(target, sent, changes);
      spent = isServed(status) && method !== 'GET' && method !== 'HEAD';
      if (complaints.length) least = this.#finding(target, complaints.join('; '), sent, changes);
      return !complaints.length;
    });
    await fc.check(property, { seed, numRuns: this.plan.calls, plugins: [fc.interruptAfterTimeLimit(SHRINKS_MS)] });
    if (least) this.#find(least);
  }

  #finding({ route }: Target, complaint: string, call: Call, changes: readonly Mutation[]): Finding {
    return { route, complaint, request: show([compose(call, this.#fill(changes))]), seed: this.plan.seed };
  }

  async #plain(target: Target, call: Call): Promise<void> {
    const { complaints, status } = await this.#send(target, call, []);
    if (isServed(status)) this.report.served.add(target.route);
    for (const complaint of complaints) this.#find(this.#finding(target, complaint, call, []));
  }

  async #send(target: Target, call: Call, changes: readonly Mutation[]): Promise<Sent> {
    const bytes = compose(call, this.#fill(changes));
    const [method = '', address = ''] = bytes.subarray(0, bytes.indexOf('\r')).toString('latin1').split(' ');
    const given = await exchange(this.#port, [bytes], { head: method === 'HEAD' });
    this.#count(given);
    const status = given.answers.at(-1)?.status ?? 0;
    if (isServed(status)) this.report.served.add(target.route);
    const isOdd = changes.some(({ at }) => at === 'method' || at === 'target') || /[^\x21-\x7e]/.test(address);
    const expected: Expected = { target: isOdd || !address.startsWith('/') ? null : address, head: method === 'HEAD' };
    return { complaints: complaintsOf(given, expected, this.world.foreign), status, method };
  }

  #fill(changes: readonly Mutation[]): Mutation[] {
    const values: Record<string, string> = { ...this.world.foreign.ids, '~cursor~': this.world.cursor };
    return changes.map((each) => ({ ...each, raw: each.raw.replaceAll(/~[a-z_]+~/g, (marker) => values[marker] ?? marker) }));
  }

  #count({ answers }: Exchange): void {
    this.report.requests += 1;
    const status = answers.at(-1)?.status ?? 0;
    this.report.statuses.set(status, (this.report.statuses.get(status) ?? 0) + 1);
  }

  /** Whatever the server says at level error, or outside of its log, is a finding. */
  #readLog(request: string): void {
    const logs = this.world.api.logs();
    const lines = logs.slice(this.#read).split('\n');
    this.#read = logs.length;
    for (const line of lines.filter((each) => each && !/^\{"level":"(trace|debug|info|warn)"/.test(each))) {
      this.#find({
        route: 'the log',
        complaint: line.replaceAll(/"(time|reqId)":"[^"]*",/g, '').slice(0, 1_500),
        request,
        seed: this.plan.seed,
      });
    }
  }

  /** The same complaint of the same route is one finding. */
  #find(finding: Finding): void {
    const isKnown = this.report.findings.some(
      ({ route, complaint }) => route === finding.route && complaint.slice(0, 80) === finding.complaint.slice(0, 80),
    );
    if (!isKnown) this.report.findings.push(finding);
  }
}

/** The same call by somebody else. */
function as(call: Call, caller: readonly Pair[]): Call {
  return { ...call, headers: [...call.headers.filter(([name]) => name !== 'cookie' && name !== 'authorization'), ...caller] };
}

/** Texts in the database that hold what the rules forbid everywhere: control, bidi and invisible characters, and half a surrogate. */
async function storedOutside(api: Api): Promise<string[]> {
  const rows = await api.sql<{ stored: string }>(
    `SELECT 'client_name ' || client_name AS stored FROM oauth_client WHERE client_name ~ $1
      UNION ALL SELECT 'user name ' || name FROM user_account WHERE name ~ $1
      UNION ALL SELECT 'team name ' || name FROM team WHERE name ~ $1
      UNION ALL SELECT 'redirect URI ' || uri FROM oauth_client, unnest(redirect_uris) uri WHERE uri !~ '^[\\x21-\\x7e]+$'
      UNION ALL SELECT 'user agent ' || user_agent FROM audit_event WHERE user_agent !~ '^[\\x20-\\x7e]*$'`,
    ['[\\u0001-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff]'],
  );
  return rows.map(({ stored }) => stored);
}
