import { access, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { variables } from '../../api/config/variables.ts';

interface Service {
  readonly image?: string;
  readonly container_name?: string;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly replicas?: number; readonly resources?: unknown };
  readonly networks: readonly string[] | Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly secrets?: readonly string[];
  readonly cap_drop?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const text = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const compose = async (path: string): Promise<Compose> => parse(await text(path), { merge: true });

/** The variables for several replicas. */
const scaledOut = ['MONGODB_URL', 'REDIS_URL', 'WORKER'];

/** The maximum time that the server takes to close after `DRAIN_S`, in seconds. */
const closingS = 10;

describe('docker-compose.yml', () => {
  let file: Compose;
  let services: readonly (readonly [name: string, service: Service])[];

  beforeAll(async () => {
    file = await compose('docker-compose.yml');
    services = Object.entries(file.services);
  });

  const servers = () => services.filter(([, { image }]) => image === 'ziggie-llm');
  const service = (name: string): Service => {
    const found = file.services[name];
    if (!found) throw new Error(`no service ${name}`);
    return found;
  };
  const named = (found: readonly (readonly [string, Service])[]) => found.map(([name]) => name);

  it('starts Prometheus and Grafana with the profile monitoring, and mounts files that exist', async () => {
    const monitoring = services.filter(([, { profiles }]) => profiles?.includes('monitoring'));
    expect(named(monitoring)).toEqual(['prometheus', 'grafana']);
    const mounted = monitoring
      .flatMap(([, { volumes = [] }]) => volumes)
      .filter((volume) => volume.startsWith('./'))
      .map((volume) => volume.split(':')[0] ?? '');
    expect(mounted.length).toBe(4);
    for (const path of mounted) {
      await expect(access(new URL(`../../${path}`, import.meta.url))).resolves.toBeUndefined();
    }
  });

  it('gives no read-only container a secret from a variable, which Compose rejects', () => {
    const withSecrets = services.filter(([, { secrets }]) => secrets);
    expect(named(withSecrets)).toEqual(['prometheus']);
    expect(named(withSecrets.filter(([, { read_only }]) => read_only))).toEqual([]);
  });

  it('lets Prometheus scrape the names and ports of the servers', async () => {
    const { scrape_configs } = parse(await text('ops/prometheus/prometheus.yml'));
    const targets = scrape_configs[0].dns_sd_configs.map(
      ({ names: [name], port }: { names: string[]; port: number }) => `${name}:${port}`,
    );
    expect(targets).toEqual(['replicas:8000', 'frontend:3000']);
    expect(scrape_configs[0].authorization.credentials_file).toBe('/run/secrets/metrics-token');
  });

  it('starts the documented services, and three replicas behind a proxy with the profile scale', () => {
    const scaled = services.filter(([, { profiles }]) => profiles?.includes('scale'));
    expect(named(scaled)).toEqual(['replica', 'proxy']);
    expect(named(services.filter(([, { profiles }]) => !profiles))).toEqual([
      'ollama',
      'models',
      'mongo',
      'redis',
      'backend',
      'frontend',
    ]);
    expect(service('replica').deploy?.replicas).toBe(2);
    for (const name of ['backend', 'replica']) {
      expect(service(name).networks).toEqual({ 'ziggie-network': { aliases: ['replicas'] } });
    }
  });

  it('sets only existing variables, to valid values', () => {
    const wrong = servers().flatMap(([name, { environment = {} }]) =>
      Object.entries(environment)
        .filter(([, value]) => value !== '' && !value.includes('${'))
        .filter(([variable, value]) => {
          if (scaledOut.includes(variable) && !(variable in variables)) return false;
          const known = Object.entries(variables).find(([one]) => one === variable);
          return !known?.[1].schema.safeParse(value).success;
        })
        .map(([variable]) => `${name}: ${variable}`),
    );
    expect(wrong).toEqual([]);
  });

  it('reads from the environment only variables of .env.example', async () => {
    const [raw, example] = await Promise.all([text('docker-compose.yml'), text('.env.example')]);
    const taken = [...raw.matchAll(/\$\{(\w+)/g)].map(([, variable]) => variable);
    expect(taken).toContain('ADMIN_PASSWORD');
    // Grafana's own password is no variable of the service.
    const ours = taken.filter((variable) => variable !== 'GRAFANA_PASSWORD');
    expect(ours.filter((variable) => !example.includes(`\n#${variable}=`))).toEqual([]);
  });

  it('publishes every port on loopback only', () => {
    const ports = services.flatMap(([, { ports: published = [] }]) => published);
    expect(ports.length).toBeGreaterThan(5);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('publishes the ports that the server listens on', () => {
    const missed = servers().filter(
      ([, { ports = [], environment }]) => !ports.every((port) => port.endsWith(`:${environment?.PORT}`)),
    );
    expect(named(missed)).toEqual([]);
  });

  it('has a health check for every long-running service, and waits for it', () => {
    const unasked = services.filter(([, { healthcheck }]) => !healthcheck);
    expect(named(unasked)).toEqual(['models']);
    const waits = services.flatMap(([, { depends_on = {} }]) => Object.entries(depends_on));
    expect(
      waits.filter(([name, { condition }]) => condition !== 'service_healthy' || !file.services[name]),
    ).toEqual([]);
    expect(Object.keys(service('backend').depends_on ?? {})).toEqual(['ollama', 'mongo', 'redis']);
  });

  it('declares every volume that it names', () => {
    const mounted = services
      .flatMap(([, { volumes = [] }]) => volumes)
      .filter((volume) => !volume.startsWith('.'))
      .map((volume) => volume.split(':')[0]);
    expect([...new Set(mounted)].sort()).toEqual(Object.keys(file.volumes).sort());
  });

  it('gives Ollama and the server the same number of slots', () => {
    const slots = service('ollama').environment?.OLLAMA_NUM_PARALLEL;
    expect(slots).toBe('4');
    expect(servers().filter(([, { environment }]) => environment?.OLLAMA_NUM_PARALLEL !== slots)).toEqual([]);
  });

  it('gives a server time to end its answers before it is killed', () => {
    const drainS = variables.DRAIN_S.schema.parse(undefined);
    for (const [, { stop_grace_period = '' }] of servers()) {
      expect(Number.parseInt(stop_grace_period, 10)).toBeGreaterThan(drainS + closingS);
    }
  });

  it('runs the server without unneeded privileges', () => {
    expect(servers().length).toBe(3);
    for (const [, { read_only, cap_drop }] of servers()) {
      expect({ read_only, cap_drop }).toEqual({ read_only: true, cap_drop: ['ALL'] });
    }
  });

  it('persists Redis, and evicts nothing', () => {
    expect(service('redis').command?.join(' ')).toMatch(/--appendonly yes.*--maxmemory-policy noeviction/);
  });

  it('reserves GPUs in a separate file, which changes nothing else', async () => {
    const gpu = await compose('ops/docker/compose.gpu.yml');
    const devices = [{ driver: 'nvidia', count: 'all', capabilities: ['gpu'] }];
    expect(gpu).toEqual({ services: { ollama: { deploy: { resources: { reservations: { devices } } } } } });
  });
});

describe('the image', () => {
  it('is labelled with the version, and so is the chart', async () => {
    const { version } = JSON.parse(await text('package.json'));
    expect(await text('ops/docker/Dockerfile')).toContain(`org.opencontainers.image.version="${version}"`);
    expect(parse(await text('ops/helm/Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });

  it('runs as an unprivileged user, and contains the health check of compose', async () => {
    const dockerfile = await text('ops/docker/Dockerfile');
    const user = dockerfile.match(/^USER (\S+)$/m)?.[1];
    expect(user).toMatch(/^[1-9]\d*:/);
    const { services } = await compose('docker-compose.yml');
    const script = services.backend?.healthcheck?.test.at(-1) ?? '';
    expect(dockerfile).toContain(`COPY --from=build /app/${script} ./${script}`);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });
});
