import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadSecrets } from '../../access/secrets.ts';
import type { Role } from '../../access/user.ts';
import { type App, createApp } from '../../app.ts';
import { readConfig } from '../../config/config.ts';
import { createOllamaEngine } from '../../engine/ollama/engine.ollama.ts';
import { type OllamaStandin, startOllamaStandin } from '../../engine/standin/standin.ollama.ts';
import type { Generation } from '../../generations/generation.ts';
import { createEngineMeter } from '../../metrics/engineMetrics.ts';
import { createMetricsRegistry } from '../../metrics/registry.ts';
import { tracing } from '../../process/tracing.ts';
import { createMemoryAdapters } from '../../replicas/shared.memory.ts';
import type { SharedAdapters } from '../../replicas/shared.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import type { Stores } from '../../stores/stores.ts';
import { withEngineSpans } from '../../tracing/engineSpans.ts';

const password = 'a password for tests';
const othersPassword = 'correct horse battery';

export interface GraphqlAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
  }[];
}

/** The whole service on a free port, on real stores, with a stand-in for Ollama that can play faults. */
export interface TestApp {
  readonly url: string;
  readonly app: App;
  readonly stores: Stores;
  readonly standin: OllamaStandin;
  /** A session token of the administrator. */
  readonly token: string;
  /** The parsed log lines. */
  readonly logged: readonly Record<string, unknown>[];
  /** Posts JSON with the administrator's token. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  get(path: string): Promise<Response>;
  /** Runs an operation as the administrator, or as the user of `token`. */
  graphql<Data = unknown>(query: string, variables?: object, token?: string): Promise<GraphqlAnswer<Data>>;
  /** Creates a user and signs in. `id` is the global id. */
  signUp(username: string, role?: Role): Promise<{ readonly id: string; readonly token: string }>;
  /** Returns the last requested generation, as stored. */
  lastGeneration(): Promise<Generation | null>;
  /** Resolves once a line that matches is logged; at once if one was already. */
  line(matches: (line: Readonly<Record<string, unknown>>) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface TestAppOptions {
  /** The timeout of the engine, in milliseconds. */
  readonly timeoutMs?: number;
  readonly slots?: number;
  readonly requeueEveryMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Stores and adapters that replicas share. Absent: in memory and on a temporary disk, for this app only. */
  readonly shared?: { readonly stores: Stores; readonly adapters: SharedAdapters };
}

export const startTestApp = async (options: TestAppOptions = {}): Promise<TestApp> => {
  const folder = await mkdtemp(join(tmpdir(), 'ziggie-app-'));
  const standin = await startOllamaStandin();
  const stores = options.shared?.stores ?? openSqliteStores({ dataDir: folder });
  const logged: Record<string, unknown>[] = [];
  const lines = new EventTarget();
  const write = (line: string) => {
    logged.push(JSON.parse(line));
    lines.dispatchEvent(new Event('line'));
  };
  const { timeoutMs = 10_000, slots = 4 } = options;
  const config = readConfig({
    PORT: '0',
    WEB_PORT: 'off',
    DATA_DIR: folder,
    ADMIN_PASSWORD: password,
    DRAIN_S: '1',
    FLUSH_MS: '1',
    RATE_LIMIT: 'off',
    WRITE_LIMIT: 'off',
    RUNNING_LIMIT: 'off',
    REQUEST_LIMIT: 'off',
    ADDRESS_LIMIT: 'off',
    TITLES: 'off',
    ...options.env,
  });
  const metricsRegistry = createMetricsRegistry();
  const meter = createEngineMeter(metricsRegistry);
  const metered = meter(
    'stand-in',
    createOllamaEngine({ url: standin.url, timeoutMs, slots, contextLimit: config.contextLimit }),
  );
  const app = await createApp({
    metricsRegistry,
    config,
    stores,
    adapters: options.shared?.adapters ?? createMemoryAdapters({ cacheMs: 60_000 }),
    engine: tracing.isOn ? withEngineSpans('stand-in', metered, 'ollama') : metered,
    engineReady: Promise.resolve(),
    secrets: await loadSecrets(folder, options.env?.JWT_SECRET ?? null),
    log: pino({ level: 'info' }, { write }),
    webRoot: join(folder, 'dist'),
    ...(options.requeueEveryMs !== undefined && { requeueEveryMs: options.requeueEveryMs }),
  });
  const [url = ''] = await app.listen();
  await app.ready();
  const { token } = await app.accounts.signIn('admin', password, { address: null, userAgent: null });
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };

  const graphql = async <Data>(query: string, variables = {}, as = token): Promise<GraphqlAnswer<Data>> => {
    const asked = { ...headers, Authorization: `Bearer ${as}` };
    const body = JSON.stringify({ query, variables });
    return (await fetch(`${url}/graphql`, { method: 'POST', headers: asked, body })).json();
  };

  return {
    url,
    app,
    stores,
    standin,
    token,
    logged,
    post: (path, body, init) =>
      fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body), ...init }),
    get: (path) => fetch(url + path, { headers }),
    graphql,
    async signUp(username, role = 'MEMBER') {
      const make = `mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }`;
      type Made = { readonly createUser: { readonly user: { readonly id: string } } };
      const { data } = await graphql<Made>(make, { input: { username, password: othersPassword, role } });
      const from = { address: null, userAgent: null };
      const signedIn = await app.accounts.signIn(username, othersPassword, from);
      return { id: data?.createUser.user.id ?? '', token: signedIn.token };
    },
    async lastGeneration() {
      const id = logged.findLast(({ generation }) => generation !== undefined)?.generation;
      return stores.generations.findAnyOwner(String(id));
    },
    async line(matches) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const check = () => logged.some(matches) && resolve();
      lines.addEventListener('line', check);
      check();
      await promise;
      lines.removeEventListener('line', check);
    },
    async stop() {
      await app.stop();
      await standin.close();
      await rm(folder, { recursive: true });
    },
  };
};
