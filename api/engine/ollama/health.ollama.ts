import type { EngineHealth } from '../engine.ts';
import { listFailureOf } from './failure.ollama.ts';
import { type OllamaAddress, ollamaClient } from './http.ollama.ts';

/** Older ones have security holes that are known, and cut prompts silently. */
const oldestGood = '0.17.1';
/** How long it may take to say that it is there, in milliseconds. */
const healthMs = 2_000;

/** Asks an Ollama which release it is and whether it has a model; says what to do where something is amiss. */
export async function healthOf(
  address: OllamaAddress,
  fetching: typeof fetch,
  closing: AbortSignal,
): Promise<EngineHealth> {
  const { host } = address;
  try {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(healthMs)]);
    const client = ollamaClient(address, signal, fetching);
    const [{ version }, { models }] = await Promise.all([client.version(), client.list()]);
    if (models.length === 0) {
      const steps = ['Get one on the machine where Ollama runs: "ollama pull llama3.2".'];
      return unavailable('Ollama answers, but it has no model.', steps, {
        message: `Ollama ${version} answers at ${host}, but it has no model.`,
        steps,
      });
    }
    const update = isOutdated(version)
      ? ` Update it to ${oldestGood} or newer: this one has known holes.`
      : '';
    return {
      kind: 'ollama',
      state: 'ready',
      message: 'Ollama answers.',
      steps: [],
      operator: { message: `Ollama ${version} at ${host}.${update}`, steps: [] },
      progress: null,
    };
  } catch (error) {
    return unavailable('Ollama does not answer.', [startIt, sayWhere], {
      message: listFailureOf(error, host).operatorMessage,
      steps: [startIt, `See that it can be reached from here: "curl ${host}/api/version".`, sayWhere],
    });
  }
}

/** One that was built from source says 0.0.0. */
const isOutdated = (version: string): boolean =>
  /^\d+\.\d+\.\d+/.test(version) &&
  !version.startsWith('0.0.0') &&
  version.localeCompare(oldestGood, 'en', { numeric: true }) < 0;

const startIt = 'Start Ollama on the machine where it is installed: "ollama serve".';
const sayWhere =
  'If it is elsewhere, say where: OLLAMA_URL=http://host:11434. Without one: OLLAMA_URL=embedded.';

const unavailable = (
  message: string,
  steps: readonly string[],
  operator: EngineHealth['operator'],
): EngineHealth => ({
  kind: 'ollama',
  state: 'unavailable',
  message,
  steps,
  operator,
  progress: null,
});
