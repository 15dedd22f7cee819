import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { type Logger, pino } from 'pino';
import { type Accounts, createAccounts } from '../../accounts/service.ts';
import type { TokenVerifier } from '../../accounts/singleSignOn/tokenVerifier.ts';
import { createBudgets } from '../../budgets/budgets.ts';
import { createMemoryBudgets } from '../../budgets/store.memory.ts';
import { defaultCallerLimits } from '../../config/values/callerLimits.ts';
import type { Engine, EngineHealth } from '../../engine/engine.ts';
import type { Caller } from '../../graph/context.ts';
import { createMemoryThrottle } from '../../limits/throttle/throttle.memory.ts';
import { createIds } from '../../process/ids.ts';
import { createMemoryBus } from '../../realtime/bus.memory.ts';
import { createMemoryAdapters } from '../../replicas/shared.memory.ts';
import { openSqliteStores } from '../../stores/stores.sqlite.ts';
import type { Stores } from '../../stores/stores.ts';
import { createHttpServer, type HttpServer, type HttpServerDeps } from '../server.ts';
import { testSchema } from './testSchema.ts';

export const password = 'correct horse battery';

/** An HTTP server with the test schema, on a free port and real stores. */
export interface TestServer {
  readonly url: string;
  readonly socketUrl: string;
  readonly server: HttpServer;
  readonly accounts: Accounts;
  readonly stores: Stores;
  /** The parsed log lines. */
  readonly logged: readonly Record<string, unknown>[];
  /** The health that the engine reports. Set it to change it. */
  engineHealth: EngineHealth;
  /** Returns a token of a new session of the administrator. */
  token(): Promise<string>;
  graphql(body: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

type Overrides = Partial<Omit<HttpServerDeps, 'schema'>> & {
  readonly schema?: GraphQLSchema;
  readonly clock?: () => Date;
  readonly tokenVerifier?: TokenVerifier;
};

export const startTestServer = async ({
  clock = () => new Date(),
  tokenVerifier,
  ...overrides
}: Overrides = {}): Promise<TestServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'ziggie-http-'));
  const stores = openSqliteStores({ dataDir: folder });
  const logged: Record<string, unknown>[] = [];
  const log: Logger = pino({ level: 'debug' }, { write: (line) => logged.push(JSON.parse(line)) });
  const ids = createIds();
  const secrets = { signingKey: new Uint8Array(32).fill(7) };
  const accounts = createAccounts({
    store: stores.accounts,
    apiKeyStore: stores.apiKeys,
    tokenVerifier: tokenVerifier ?? null,
    bus: createMemoryBus(),
    throttle: createMemoryThrottle(),
    deleteUserData: async () => {},
    cancelUserGenerations: async () => {},
    checkUserDeletable: async () => {},
    secrets,
    clock,
    ids,
    log,
  });
  await accounts.ensureAdmin(password);

  const engineHealth: EngineHealth = {
    kind: 'embedded',
    state: 'ready',
    message: 'Here.',
    steps: [],
    progress: null,
  };
  const callerLimits = overrides.callerLimits ?? { ...defaultCallerLimits, addressStreams: 200 };
  const recordLimitHit = overrides.recordLimitHit ?? (() => {});
  const server = await createHttpServer({
    schema: testSchema(),
    context: (caller: Caller) => ({ ...caller, accounts }),
    accounts,
    engine: engineOf(() => started.engineHealth),
    stores,
    adapters: createMemoryAdapters({ cacheMs: 0 }),
    budgets: createBudgets({ store: createMemoryBudgets(), limits: callerLimits, recordLimitHit }),
    callerLimits,
    recordLimitHit,
    ids,
    log,
    addresses: [{ host: '127.0.0.1', port: 0, variable: 'PORT' }],
    publicUrl: null,
    corsOrigins: [],
    trustedProxies: [],
    webRoot: join(folder, 'dist'),
    development: false,
    ...overrides,
  });
  const [url = ''] = await server.listen();

  const started: TestServer = {
    url,
    socketUrl: `${url.replace('http', 'ws')}/graphql`,
    server,
    accounts,
    stores,
    logged,
    engineHealth,
    token: async () => (await accounts.signIn('admin', password, { address: null, userAgent: null })).token,
    graphql: (body, headers = {}) =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async stop() {
      await server.stop(1000);
      await stores.close();
      await rm(folder, { recursive: true });
    },
  };
  return started;
};

/** Creates an engine with one model and the given health. */
const engineOf = (health: () => EngineHealth): Engine => ({
  slots: 1,
  health: async () => health(),
  models: async () => [
    {
      name: 'smollm2:135m',
      digest: 'a'.repeat(64),
      size: 1,
      modifiedAt: new Date(0),
      family: null,
      parameterSize: null,
      quantization: null,
      contextLength: null,
      capabilities: ['completion'],
      loaded: true,
      canContinue: true,
    },
  ],
  measure: async () => ({ tokens: 1, exact: true, limit: null }),
  async *generate() {
    yield { type: 'text', text: '4' };
  },
  embed: async ({ input }) => ({ vectors: input.map(() => [1]), promptTokens: input.length }),
  async *pull() {},
  remove: async () => {},
  close: async () => {},
});
