import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import { Failure } from '../../errors/failures.ts';
import type { Startup } from '../../process/startup.ts';
import type { SharedAdapters } from '../../replicas/shared.ts';
import type { Stores } from '../../stores/stores.ts';
import { sendJson } from '../responses/json.ts';
import type { Route } from './routes.ts';

/** The time a dependency has to answer before it counts as down, in milliseconds. */
const checkTimeoutMs = 3000;

/** The state of a dependency, and a sentence about it. */
const check = z.object({ status: z.enum(['ok', 'starting', 'down']), message: z.string() });

export type Check = z.infer<typeof check>;

export const readinessResponse = z.object({
  status: z.enum(['ready', 'not ready', 'stopping']),
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

export const livenessResponse = z.object({ status: z.literal('live') });

export const llmStatusResponse = z.object({
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
 * adapters answer, and the engine takes prompts.
 */
export const readiness = async (deps: HealthDeps): Promise<Readiness> => {
  const [store, coordination, engine] = await Promise.all([
    checkDependency(deps.stores, 'The store'),
    checkDependency(deps.adapters, 'The connection between replicas'),
    checkEngine(deps.engine),
  ]);
  const startup = checkStartup(deps.startup?.pending() ?? null);
  const ready = [store, coordination, engine, startup].every(({ status }) => status === 'ok');
  return {
    status: deps.stopping() ? 'stopping' : ready ? 'ready' : 'not ready',
    checks: { store, coordination, engine, startup },
  };
};

export const llmStatus = async (engine: Engine): Promise<LlmStatus> => {
  try {
    const { kind, state, message } = await within(engine.health());
    if (state !== 'ready') return unhealthy(message);
    const models = await within(engine.models(AbortSignal.timeout(checkTimeoutMs)));
    return {
      status: 'healthy',
      ollama_connected: kind === 'ollama',
      models_available: models.length,
    };
  } catch (error) {
    return unhealthy(messageOf(error));
  }
};

export const healthRoutes = (deps: HealthDeps): readonly Route[] => [
  {
    method: 'GET',
    path: '/health/live',
    handle: async ({ response }) => sendJson(response, 200, { status: 'live' }),
  },
  {
    method: 'GET',
    path: '/health/ready',
    async handle({ response }) {
      const state = await readiness(deps);
      sendJson(response, state.status === 'ready' ? 200 : 503, state);
    },
  },
  {
    method: 'GET',
    path: '/api/llm/status',
    handle: async ({ response }) => sendJson(response, 200, await llmStatus(deps.engine)),
  },
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
