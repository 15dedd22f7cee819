import type { EngineHealth } from '../engine.ts';
import { listFailureOf } from './failure.ollama.ts';
import { type OllamaAddress, ollamaClient } from './http.ollama.ts';

/** Older releases have known vulnerabilities, and truncate prompts silently. */
const minVersion = '0.17.1';
/** The timeout of a health check, in ms. */
const healthTimeoutMs = 2_000;

/** Checks whether an Ollama answers and has a model, and says how to fix what is wrong. */
export async function healthOf(
  address: OllamaAddress,
  fetching: typeof fetch,
  closing: AbortSignal,
): Promise<EngineHealth> {
  const { host } = address;
  try {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(healthTimeoutMs)]);
    const client = ollamaClient(address, signal, fetching);
    const [{ version }, { models }] = await Promise.all([client.version(), client.list()]);
    if (models.length === 0) {
      const steps = ['Pull a model on the machine where Ollama runs: "ollama pull llama3.2".'];
      return unavailable('Ollama answers, but it has no model.', steps, {
        message: `Ollama ${version} answers at ${host}, but it has no model.`,
        steps,
      });
    }
    const update = isOutdated(version)
      ? ` Update it to ${minVersion} or newer: this version has known vulnerabilities.`
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
      steps: [startIt, `Check that this machine can reach it: "curl ${host}/api/version".`, sayWhere],
    });
  }
}

/** A build from source reports 0.0.0. */
const isOutdated = (version: string): boolean =>
  /^\d+\.\d+\.\d+/.test(version) &&
  !version.startsWith('0.0.0') &&
  version.localeCompare(minVersion, 'en', { numeric: true }) < 0;

const startIt = 'Start Ollama on the machine where it is installed: "ollama serve".';
const sayWhere =
  'If it runs elsewhere, set its address: OLLAMA_URL=http://host:11434. To run without Ollama: OLLAMA_URL=embedded.';

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
