import type { EngineHealth } from '../engine.ts';
import { listFailureOf } from './failure.openai.ts';
import { isObject, jsonOf, type OpenAIServer, requestOpenAI } from './http.openai.ts';

/** The timeout of a health check, in ms. */
const healthTimeoutMs = 2_000;

/** Checks whether a server answers and has a model, and says how to fix what is wrong. */
export async function healthOf(server: OpenAIServer, closing: AbortSignal): Promise<EngineHealth> {
  const { url } = server;
  try {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(healthTimeoutMs)]);
    const body = await jsonOf(await requestOpenAI(server, '/models', signal));
    const count = isObject(body) && Array.isArray(body.data) ? body.data.length : 0;
    if (count > 0) {
      return {
        kind: 'openai',
        state: 'ready',
        message: 'The engine answers.',
        steps: [],
        operator: { message: `An OpenAI-compatible server answers at ${url}.`, steps: [] },
        progress: null,
      };
    }
    const steps = ['Start the engine with a model, or load one.'];
    return unavailable('The engine answers, but it has no model.', steps, {
      message: `An OpenAI-compatible server answers at ${url}, but it lists no model.`,
      steps,
    });
  } catch (error) {
    return unavailable('The engine does not answer.', ['Start the engine, and check ENGINE_URL.'], {
      message: listFailureOf(error, url).operatorMessage,
      steps: [
        `Check that this machine can reach it: "curl ${url}/models".`,
        'Check ENGINE_URL and ENGINE_API_KEY.',
      ],
    });
  }
}

const unavailable = (
  message: string,
  steps: readonly string[],
  operator: EngineHealth['operator'],
): EngineHealth => ({ kind: 'openai', state: 'unavailable', message, steps, operator, progress: null });
