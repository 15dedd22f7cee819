import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import { Failure } from '../../errors/failures.ts';
import type { Startup } from '../../process/startup.ts';
import type { SharedAdapters } from '../../replicas/shared.ts';
import type { Stores } from '../../stores/stores.ts';
import { sendJson } from '../responses/json.ts';
import { endpoint, json } from './endpoint.ts';
import type { Route } from './routes.ts';

/** The time a dependency has to answer before it counts as down, in milliseconds. */
const checkTimeoutMs = 3000;

/** The interval at which dependencies are checked without a request, in milliseconds, so that `since` is precise. */
const observeEveryMs = 15_000;

/** The state of a dependency, and a sentence about it. */
const check = z.object({
  status: z.enum(['ok', 'starting', 'down']),
  since: z.iso.datetime().describe('When this process first saw the status that it has had since then.'),
  message: z.string(),
});

export type Check = z.infer<typeof check>;

/** A check without the time since which it has the status. */
type Finding = Omit<Check, 'since'>;

const readinessResponse = z.object({
  status: z
    .enum(['ready', 'degraded', 'not ready', 'stopping'])
    .describe(
      '`degraded`: history can be read, but the engine, the connection between replicas or the bucket of files is down.',
    ),
  checks: z.object({
    store: check,
    coordination: check.describe('Redis, or without it the in-process adapters.'),
    engine: check,
    files: check.optional().describe('The bucket of attached files. Absent: they are in the store.'),
    startup: check.describe(
      'The steps of the start: migrations, recovery, the administrator, the engine, the worker.',
    ),
  }),
});

export type Readiness = z.infer<typeof readinessResponse>;

const startupResponse = z.object({
  status: z.enum(['started', 'starting']),
  since: z.iso.datetime().describe('When the start was complete, or when the process began to start.'),
  checks: readinessResponse.shape.checks,
});

export type StartupState = z.infer<typeof startupResponse>;

const livenessResponse = z.object({ status: z.literal('live') });

const llmStatusResponse = z.object({
  status: z.enum(['healthy', 'unhealthy']),
  ollama_connected: z.boolean(),
  models_available: z.int().describe('The number of installed models.'),
  error: z.string().optional(),
});

export type LlmStatus = z.infer<typeof llmStatusResponse>;

export interface HealthDeps {
  readonly engine: Engine;
  readonly stores: Pick<Stores, 'check' | 'checkFiles'>;
  readonly adapters: Pick<SharedAdapters, 'check'>;
  /** The pending step of the start. Absent: none. */
  readonly startup?: Pick<Startup, 'pending' | 'since'>;
  readonly stopping: () => boolean;
  readonly clock?: () => Date;
}

export interface Health {
  readonly routes: readonly Route[];
  /** Stops observing the dependencies. */
  close(): void;
}

type Checks = Readiness['checks'];

/** Returns checks of all dependencies, which remember since when each has its status. */
const createChecks = (deps: HealthDeps): (() => Promise<Checks>) => {
  const { clock = () => new Date() } = deps;
  const known = new Map<string, { readonly status: Check['status']; readonly since: Date }>();
  const startedAt = clock();

  const sinceOf = (name: string, finding: Finding): Check => {
    const { status, message } = finding;
    const last = known.get(name);
    // The first status is that of the whole time before: nothing else was seen.
    const since = last === undefined ? startedAt : last.status === status ? last.since : clock();
    known.set(name, { status, since });
    return { status, since: since.toISOString(), message };
  };

  return async () => {
    const { checkFiles } = deps.stores;
    const [store, coordination, engine, files] = await Promise.all([
      checkDependency(deps.stores, 'The store'),
      checkDependency(deps.adapters, 'The connection between replicas'),
      checkEngine(deps.engine),
      checkFiles && checkDependency({ check: checkFiles }, 'The bucket of files'),
    ]);
    return {
      store: sinceOf('store', store),
      coordination: sinceOf('coordination', coordination),
      engine: sinceOf('engine', engine),
      ...(files && { files: sinceOf('files', files) }),
      startup: {
        ...checkStartup(deps.startup?.pending() ?? null),
        since: (deps.startup?.since() ?? startedAt).toISOString(),
      },
    };
  };
};

/**
 * Returns the readiness. Ready means that users can sign in and get answers: the start is complete, the store and the
 * adapters answer, and the engine takes prompts. With the start and the store alone a replica is degraded: users still read their
 * history, and a load balancer that took all replicas out would prevent that too.
 */
const readinessOf = (checks: Checks, stopping: boolean): Readiness => {
  const { store, coordination, engine, startup, files = startup } = checks;
  const isOk = (some: readonly Check[]) => some.every(({ status }) => status === 'ok');
  const serves = isOk([store, startup]) ? 'degraded' : 'not ready';
  return {
    status: stopping ? 'stopping' : isOk([store, startup, coordination, engine, files]) ? 'ready' : serves,
    checks,
  };
};

export const llmStatus = async (engine: Engine): Promise<LlmStatus> => {
  try {
    const { kind, state } = await within(engine.health());
    if (state !== 'ready') return unhealthy(state === 'starting' ? engineStarts : noEngine);
    const models = await within(engine.models(AbortSignal.timeout(checkTimeoutMs)));
    return {
      status: 'healthy',
      ollama_connected: kind === 'ollama',
      models_available: models.length,
    };
  } catch {
    return unhealthy(noEngine);
  }
};

/** Sentences for anyone: they name no model, no address and no software. */
const engineStarts = 'The language model is being loaded. Try again in a minute.';
const noEngine = 'No language model is available. An administrator sees the reason in the web app.';

/** Creates the routes of the probes, and observes the dependencies until it is closed. */
export const createHealth = (deps: HealthDeps): Health => {
  const checks = createChecks(deps);
  const timer = setInterval(() => void checks(), observeEveryMs).unref();
  return { routes: healthRoutes(deps, checks), close: () => clearInterval(timer) };
};

const healthRoutes = (deps: HealthDeps, checks: () => Promise<Checks>): readonly Route[] => [
  endpoint({
    method: 'GET',
    path: '/api/llm/status',
    id: 'llmStatus',
    tag: 'Health',
    summary: 'Whether the engine is ready, and its number of models.',
    answer: json('The state of the engine.', llmStatusResponse),
    credentials: 'none',
    handle: async () => llmStatus(deps.engine),
  }),
  endpoint({
    method: 'GET',
    path: '/health/live',
    id: 'live',
    tag: 'Health',
    summary: 'Liveness: whether the process answers.',
    answer: json('The process is live.', livenessResponse),
    credentials: 'none',
    handle: async () => ({ status: 'live' as const }),
  }),
  endpoint({
    method: 'GET',
    path: '/health/startup',
    id: 'startup',
    tag: 'Health',
    summary:
      'Startup: whether the start is complete, and the state of each dependency. Stays 200 afterwards, whatever the dependencies do.',
    answer: json('Started.', startupResponse),
    also: { 503: 'Starting: `checks.startup` has the pending step.' },
    credentials: 'none',
    async handle({ exchange }) {
      const found = await checks();
      const isStarted = found.startup.status === 'ok';
      const state: StartupState = {
        status: isStarted ? 'started' : 'starting',
        since: found.startup.since,
        checks: found,
      };
      sendJson(exchange, isStarted ? 200 : 503, state);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/health/ready',
    id: 'ready',
    tag: 'Health',
    summary: 'Readiness: whether users can sign in and get answers, and the state of each dependency.',
    answer: json('Ready.', readinessResponse),
    also: { 503: 'Not ready.' },
    credentials: 'none',
    async handle({ exchange }) {
      const state = readinessOf(await checks(), deps.stopping());
      const isReady = state.status === 'ready' || state.status === 'degraded';
      sendJson(exchange, isReady ? 200 : 503, state);
    },
  }),
];

const unhealthy = (error: string): LlmStatus => ({
  status: 'unhealthy',
  ollama_connected: false,
  models_available: 0,
  error,
});

const checkDependency = async (dependency: { check(): Promise<void> }, name: string): Promise<Finding> => {
  try {
    await within(dependency.check());
    return { status: 'ok', message: `${name} answers.` };
  } catch (error) {
    // A failure's message is public; other errors may contain addresses.
    const message = error instanceof Failure ? error.message : `${name} does not answer.`;
    return { status: 'down', message };
  }
};

const checkStartup = (pending: string | null): Finding =>
  pending === null
    ? { status: 'ok', message: 'The server has started.' }
    : { status: 'starting', message: pending };

const checkEngine = async (engine: Engine): Promise<Finding> => {
  try {
    const { state, message } = await within(engine.health());
    return { status: state === 'ready' ? 'ok' : state === 'starting' ? 'starting' : 'down', message };
  } catch (error) {
    return { status: 'down', message: messageOf(error) };
  }
};

/** Rejects if the answer takes longer than `checkTimeoutMs`. */
const within = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`No answer within ${checkTimeoutMs / 1000} s.`)),
    checkTimeoutMs,
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Returns a public message. Messages of unexpected errors are hidden, since they may contain addresses. */
const messageOf = (error: unknown): string =>
  error instanceof Failure ? error.message : 'The engine does not answer.';
