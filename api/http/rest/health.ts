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

/** The state of a dependency, and a sentence about it. */
const check = z.object({ status: z.enum(['ok', 'starting', 'down']), message: z.string() });

export type Check = z.infer<typeof check>;

const readinessResponse = z.object({
  status: z
    .enum(['ready', 'degraded', 'not ready', 'stopping'])
    .describe('`degraded`: history can be read, but the engine or the connection between replicas is down.'),
  checks: z.object({
    store: check,
    coordination: check.describe('Redis, or without it the in-process adapters.'),
    engine: check,
    startup: check.describe(
      'The steps of the start: migrations, recovery, the administrator, the engine, the worker.',
    ),
  }),
});

export type Readiness = z.infer<typeof readinessResponse>;

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
  readonly stores: Pick<Stores, 'check'>;
  readonly adapters: Pick<SharedAdapters, 'check'>;
  /** The pending step of the start. Absent: none. */
  readonly startup?: Pick<Startup, 'pending'>;
  readonly stopping: () => boolean;
}

/**
 * Returns the readiness. Ready means that users can sign in and get answers: the start is complete, the store and the
 * adapters answer, and the engine takes prompts. Without the last two a replica is degraded: users still read their
 * history, and a load balancer that took all replicas out would prevent that too.
 */
export const readiness = async (deps: HealthDeps): Promise<Readiness> => {
  const [store, coordination, engine] = await Promise.all([
    checkDependency(deps.stores, 'The store'),
    checkDependency(deps.adapters, 'The connection between replicas'),
    checkEngine(deps.engine),
  ]);
  const startup = checkStartup(deps.startup?.pending() ?? null);
  const isOk = (checks: readonly Check[]) => checks.every(({ status }) => status === 'ok');
  const serves = isOk([store, startup]) ? 'degraded' : 'not ready';
  return {
    status: deps.stopping() ? 'stopping' : isOk([store, startup, coordination, engine]) ? 'ready' : serves,
    checks: { store, coordination, engine, startup },
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

export const healthRoutes = (deps: HealthDeps): readonly Route[] => [
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
    path: '/health/ready',
    id: 'ready',
    tag: 'Health',
    summary: 'Readiness: whether users can sign in and get answers, and the state of each dependency.',
    answer: json('Ready.', readinessResponse),
    also: { 503: 'Not ready.' },
    credentials: 'none',
    async handle({ exchange }) {
      const state = await readiness(deps);
      const isReady = state.status === 'ready' || state.status === 'degraded';
      sendJson(exchange.response, isReady ? 200 : 503, state);
    },
  }),
];

const unhealthy = (error: string): LlmStatus => ({
  status: 'unhealthy',
  ollama_connected: false,
  models_available: 0,
  error,
});

const checkDependency = async (dependency: { check(): Promise<void> }, name: string): Promise<Check> => {
  try {
    await within(dependency.check());
    return { status: 'ok', message: `${name} answers.` };
  } catch (error) {
    // A failure's message is public; other errors may contain addresses.
    const message = error instanceof Failure ? error.message : `${name} does not answer.`;
    return { status: 'down', message };
  }
};

const checkStartup = (pending: string | null): Check =>
  pending === null
    ? { status: 'ok', message: 'The server has started.' }
    : { status: 'starting', message: pending };

const checkEngine = async (engine: Engine): Promise<Check> => {
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
