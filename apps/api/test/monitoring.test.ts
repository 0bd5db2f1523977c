import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { Machine } from './faults/machine.js';
import { ROOT } from './support/image.js';
import { alerts, panels, readQuery } from './support/queries.js';
import { scrape, type Scraped, unusedPort } from './support/scrape.js';

jest.setTimeout(120_000);

/** Prometheus' own: whether a target answered, and what it is called. */
const OF_PROMETHEUS = { metrics: ['up'], labels: ['job', 'instance'] };
const queries = [...alerts(), ...panels()];
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const familyOf = (name: string) => name.replace(/_(bucket|sum|count)$/, '');

/** Of a scrape of a server that runs: the type of each name that a query may use, and the samples. */
let types: Map<string, string>;
let samples: readonly Scraped[];

beforeAll(async () => {
  const machine = await Machine.start();
  try {
    const port = await unusedPort();
    await machine.api({ environment: { METRICS_PORT: String(port) } });
    samples = await scrape(port);
    const lines = (await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).matchAll(/^# TYPE (\S+) (\S+)$/gm);
    const names = ([, name = '', type]: RegExpExecArray) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name];
    types = new Map([...lines].flatMap((line) => names(line).map((name) => [name, line[2]!] as const)));
  } finally {
    await machine.stop();
  }
});

/** The labels of each family of ours, as docs/observability.md has them. */
function documented(): Map<string, string[]> {
  const [table = ''] = /^\| metric [^]*?\n\n/m.exec(read('docs/observability.md')) ?? [];
  const named = [...table.matchAll(/`(behalf_[a-z_]+)(?:\{([a-z,_]+)\})?`/g)];
  return new Map(named.map(([, name, labels]) => [name!, labels?.split(',') ?? []]));
}

describe('the alerts and the dashboard', () => {
  it('are queries, of metrics that a running server tells, and nothing is called a rate that may fall', () => {
    expect([alerts().length > 10, panels().length > 20]).toEqual([true, true]);
    const asked = queries.map((query) => ({ ...query, ...readQuery(query) }));
    expect(asked.filter(({ metrics }) => !metrics.length)).toEqual([]);
    const unknown = asked.flatMap(({ metrics }) => metrics.filter((name) => !types.has(name) && !OF_PROMETHEUS.metrics.includes(name)));
    expect(unknown).toEqual([]);
    const mayFall = (name: string) => !['counter', 'histogram'].includes(types.get(name)!);
    expect(asked.flatMap(({ of, growing }) => growing.filter(mayFall).map((name) => `${of}: ${name}`))).toEqual([]);
    expect(() => readQuery({ of: 'broken', text: 'sum(rate(behalf_live_grants{[5m]))' })).toThrow('broken');
  });

  it('match and group by labels that those metrics have', () => {
    const labels = documented();
    const has = (metric: string, label: string) =>
      OF_PROMETHEUS.labels.includes(label) ||
      (label === 'le' && metric.endsWith('_bucket')) ||
      (labels.get(familyOf(metric)) ?? []).includes(label);
    const wrong = queries.flatMap((query) =>
      readQuery(query).labels.flatMap(({ metrics, label }) =>
        metrics.filter((metric) => !has(metric, label)).map((metric) => `${query.of}: ${metric}{${label}}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('alarm on a single incident, since what is counted rarely is told as 0 before it happens', () => {
    for (const action of ['token.reused', 'code.replayed', 'client.previous_secret_used'])
      expect(samples).toContainEqual({ name: 'behalf_incidents_total', labels: { action }, value: 0 });
    for (const gate of ['oauth', 'management'])
      expect(samples).toContainEqual({ name: 'behalf_requests_turned_away_total', labels: { gate }, value: 0 });
  });

  it('have, for each alert, a time at which it fires and one at which it does not', () => {
    const { tests } = parse(read('deploy/alerts.test.yml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: object[] }[] }[];
    };
    const expected = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
    const of = (fires: boolean) => [
      ...new Set(expected.filter(({ exp_alerts }) => exp_alerts.length > 0 === fires).map(({ alertname }) => alertname)),
    ];
    const names = alerts().map((alert) => alert.of);
    expect(of(true).toSorted()).toEqual(names.toSorted());
    expect(of(false).toSorted()).toEqual(names.toSorted());
  });
});

describe('docs/observability.md', () => {
  it('names every metric of ours and none that there is not, each with its labels', () => {
    const ours = new Set([...types.keys()].map(familyOf).filter((name) => name.startsWith('behalf_')));
    const labels = documented();
    expect([...labels.keys()].toSorted()).toEqual([...ours].toSorted());
    const told = samples.filter(({ name }) => name.startsWith('behalf_'));
    const differs = told.filter(({ name, labels: own }) => {
      const named = Object.keys(own).filter((label) => label !== 'le');
      return named.toSorted().join() !== labels.get(familyOf(name))?.toSorted().join();
    });
    expect(told.length).toBeGreaterThan(30);
    expect(differs).toEqual([]);
  });
});

const promtool = (process.env['PATH'] ?? '')
  .split(':')
  .map((folder) => join(folder, 'promtool'))
  .find((file) => existsSync(file));

// Debian's package `prometheus` has it.
if (promtool === undefined) process.stderr.write('promtool is not installed, so alerts, dashboard and configuration are not held to it\n');
else
  describe('promtool', () => {
    const ask = async (...args: string[]) => (await promisify(execFile)(promtool, args, { cwd: join(ROOT, 'deploy') })).stdout;

    it('finds nothing wrong with the alerts and the configuration, and each alert fires when it should', async () => {
      expect(await ask('check', 'rules', 'alerts.yml')).toContain(`SUCCESS: ${alerts().length} rules found`);
      expect(await ask('check', 'config', 'prometheus.yml')).toContain('SUCCESS');
      expect(await ask('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
    });

    it('reads every query of the dashboard, each as a rule', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'behalf-promtool-'));
      const rules = panels().map(({ text }, n) => ({ record: `panel:query:${n}`, expr: text }));
      const file = join(folder, 'panels.yml');
      writeFileSync(file, stringify({ groups: [{ name: 'panels', rules }] }));
      expect(await ask('check', 'rules', file)).toContain(`SUCCESS: ${rules.length} rules found`);
      writeFileSync(file, stringify({ groups: [{ name: 'panels', rules: [...rules, { record: 'broken', expr: 'sum(' }] }] }));
      await expect(ask('check', 'rules', file)).rejects.toThrow('FAILED');
      rmSync(folder, { recursive: true });
    });
  });
