import type { AcceptChunk, Embeddings, EmbedRequest, Engine, EngineChunk, EngineRequest } from './engine.ts';

/** A request to an engine that has just begun. */
export type EngineCall =
  | { readonly operation: 'generate'; readonly request: EngineRequest }
  | { readonly operation: 'embed'; readonly request: EmbedRequest };

/** `cancelled`: the reader left before the end, or the request was aborted. */
export type EngineOutcome =
  | { readonly kind: 'done'; readonly chunk: Extract<EngineChunk, { type: 'done' }> | null }
  | { readonly kind: 'embedded'; readonly embeddings: Embeddings }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Observes one request to an engine. Its methods don't throw. */
export interface EngineCallObserver {
  /** Runs each step of the request, for example in the context of a trace. */
  step<Result>(run: () => Result): Result;
  chunk(chunk: EngineChunk): void;
  /** Called once, when the request has ended. */
  ended(outcome: EngineOutcome): void;
}

export type ObserveEngineCall = (call: EngineCall) => EngineCallObserver;

/** Decorates an engine with an observer of its answers and embeddings. It keeps the promises of the port. */
export const observeEngine = (engine: Engine, observe: ObserveEngineCall): Engine => ({
  get slots() {
    return engine.slots;
  },
  health: () => engine.health(),
  models: (signal) => engine.models(signal),
  measure: (...measured) => engine.measure(...measured),
  generate: (request, signal, accept) => ({
    [Symbol.asyncIterator]: () => observedIterator(engine, { request, signal, accept }, observe),
  }),
  async embed(request, signal) {
    const observer = observe({ operation: 'embed', request });
    try {
      const embeddings = await observer.step(() => engine.embed(request, signal));
      observer.ended({ kind: 'embedded', embeddings });
      return embeddings;
    } catch (error) {
      observer.ended(signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', error });
      throw error;
    }
  },
  pull: (location, signal) => engine.pull(location, signal),
  remove: (location, signal) => engine.remove(location, signal),
  close: () => engine.close(),
});

interface GenerateCall {
  readonly request: EngineRequest;
  readonly signal: AbortSignal;
  readonly accept: AcceptChunk | undefined;
}

/** A generator would queue `return()` behind a pending `next()`, and so delay the end of a cancelled request. */
const observedIterator = (
  engine: Engine,
  { request, signal, accept }: GenerateCall,
  observe: ObserveEngineCall,
): AsyncIterator<EngineChunk> => {
  let inner: AsyncIterator<EngineChunk> | null = null;
  let observer: EngineCallObserver | null = null;
  let done: Extract<EngineChunk, { type: 'done' }> | null = null;
  let hasEnded = false;
  const end = (outcome: EngineOutcome) => {
    if (hasEnded) return;
    hasEnded = true;
    observer?.ended(outcome);
  };
  const acceptObserved: AcceptChunk = (chunk) => {
    if (!accept?.(chunk)) return false;
    observer?.chunk(chunk);
    return true;
  };

  return {
    async next() {
      // The request begins with the first read.
      observer ??= observe({ operation: 'generate', request });
      const observed = observer;
      try {
        const result = await observed.step(() => {
          inner ??= engine.generate(request, signal, acceptObserved)[Symbol.asyncIterator]();
          return inner.next();
        });
        if (result.done) end({ kind: 'done', chunk: done });
        else {
          if (result.value.type === 'done') done = result.value;
          observed.chunk(result.value);
        }
        return result;
      } catch (error) {
        end(signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', error });
        throw error;
      }
    },
    async return() {
      // A reader may leave right after the last chunk.
      end(done ? { kind: 'done', chunk: done } : { kind: 'cancelled' });
      return (await inner?.return?.()) ?? { done: true, value: undefined };
    },
  };
};
