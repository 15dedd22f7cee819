import { engineTimeout, Failure } from '../../errors/failures.ts';
import type { PullStep } from '../engine.ts';
import type { EngineLimits } from '../limits.ts';
import { silenceMessage } from '../messages.ts';
import { failureOf, OllamaError } from './failure.ollama.ts';
import { type OllamaAddress, ollamaClient } from './http.ollama.ts';

export interface OllamaPullDeps {
  readonly address: OllamaAddress;
  readonly fetch: typeof fetch;
  readonly limits: Pick<EngineLimits, 'pullMs' | 'verifyMs'>;
}

/** Makes Ollama fetch a model from its registry. Ollama fetches several parts at once; the progress is their sum. */
export async function* pullFromOllama(
  { address, fetch: fetching, limits }: OllamaPullDeps,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<PullStep, void, undefined> {
  const { host } = address;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const limit = (isVerifying: boolean) => {
    const ms = isVerifying ? limits.verifyMs : limits.pullMs;
    const abortSilent = () => stop.abort(isVerifying ? verifyTimeout(ms, host) : pullTimeout(ms, host));
    return setTimeout(abortSilent, ms);
  };
  let timer = limit(false);
  let broken: Error | undefined;
  const parts = new Map<string, { readonly received: number; readonly total: number }>();
  try {
    const client = ollamaClient(address, either, fetching, (error) => {
      broken = error;
    });
    for await (const { status, digest, total, completed } of await client.pull({
      model: name,
      stream: true,
    })) {
      clearTimeout(timer);
      if (digest) parts.set(digest, { received: completed ?? 0, total: total ?? 0 });
      yield {
        backend: null,
        state: status === 'success' ? 'done' : 'running',
        message: status,
        receivedBytes: parts.size > 0 ? sum(parts, 'received') : null,
        totalBytes: parts.size > 0 ? sum(parts, 'total') : null,
      };
      timer = limit(!/^pulling/.test(status));
    }
  } catch (error) {
    either.throwIfAborted();
    throw pullFailureOf(broken ?? error, name, host);
  } finally {
    clearTimeout(timer);
    // Ollama then aborts the fetch, and keeps what it has received.
    stop.abort();
  }
}

const pullTimeout = (ms: number, host: string) =>
  engineTimeout(silenceMessage(ms / 1000), {
    operatorMessage: `Ollama at ${host} sent nothing for ${ms / 1000} s while it downloaded a model (limit: PULL_TIMEOUT_S).`,
  });

/** Ollama sends nothing while it computes the digest of a model, and writes it. */
const verifyTimeout = (ms: number, host: string) =>
  engineTimeout(
    `The downloaded model was not verified after ${ms / 1000} s. The disk of the engine may be slow; try again.`,
    {
      operatorMessage: `Ollama at ${host} did not verify a downloaded model within ${ms / 1000} s (limit: PULL_VERIFY_TIMEOUT_S).`,
    },
  );

const sum = (
  parts: ReadonlyMap<string, { readonly received: number; readonly total: number }>,
  what: 'received' | 'total',
): number => [...parts.values()].reduce((whole, part) => whole + part[what], 0);

/** Ollama reports a name that is unknown to the registry as a file that does not exist. */
const pullFailureOf = (error: unknown, name: string, host: string): Error => {
  if (error instanceof OllamaError && /file does not exist|manifest unknown|not found/i.test(error.message)) {
    return new Failure(
      'NOT_FOUND',
      `No model ${name} exists in the registry. Look up the name at ollama.com/library.`,
    );
  }
  return failureOf(error, host, false);
};
