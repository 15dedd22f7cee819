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
import { createMemoryAdapters } from '../../replicas/shared.memory.ts';
import type { SharedAdapters } from '../../replicas/shared.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import type { Stores } from '../../stores/stores.ts';

const password = 'a password for tests';
const othersPassword = 'correct horse battery';

export interface GraphqlAnswer<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
  }[];
}

/** The whole service on a free port, on real stores, with a stand-in for Ollama, so that faults can be had. */
export interface TestApp {
  readonly url: string;
  readonly app: App;
  readonly stores: Stores;
  readonly standin: OllamaStandin;
  /** A session of the administrator. */
  readonly token: string;
  /** What was logged, parsed. */
  readonly logged: readonly Record<string, unknown>[];
  /** Sends JSON with the token. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  get(path: string): Promise<Response>;
  /** Asks as the administrator, or as whoever has the token. */
  graphql<Data = unknown>(query: string, variables?: object, token?: string): Promise<GraphqlAnswer<Data>>;
  /** Makes a user, and signs in as that one. `id` is the global id. */
  someone(username: string, role?: Role): Promise<{ readonly id: string; readonly token: string }>;
  /** The generation that was asked for last, as it is stored. */
  lastGeneration(): Promise<Generation | null>;
  /** Resolves when a line is logged, or was already, that `isIt`. */
  line(isIt: (line: Readonly<Record<string, unknown>>) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface TestAppOptions {
  /** How long the engine may be silent, in milliseconds. */
  readonly timeoutMs?: number;
  readonly slots?: number;
  readonly requeueEveryMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What replicas share; none: in this process, gone with it. */
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
  const app = await createApp({
    config: readConfig({
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
      ...options.env,
    }),
    stores,
    adapters: options.shared?.adapters ?? createMemoryAdapters({ cacheMs: 60_000 }),
    engine: createOllamaEngine({ url: standin.url, timeoutMs, slots }),
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
    async someone(username, role = 'MEMBER') {
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
    async line(isIt) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => logged.some(isIt) && resolve();
      lines.addEventListener('line', look);
      look();
      await promise;
      lines.removeEventListener('line', look);
    },
    async stop() {
      await app.stop();
      await standin.close();
      await rm(folder, { recursive: true });
    },
  };
};
