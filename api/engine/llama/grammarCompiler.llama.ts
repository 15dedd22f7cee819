import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { badInput, engineFailed } from '../../errors/failures.ts';

/** The outcome of a compilation. */
export interface Compiled {
  /** Why llama.cpp rejected the grammar; null if it didn't. */
  readonly error: string | null;
  /** The time of the processor that it took, in milliseconds. */
  readonly cpuMs: number;
}

/**
 * Compiles grammars in a worker thread first. llama.cpp compiles synchronously, its result can't be passed between threads,
 * and a few alternatives or repetitions more can take seconds: only a grammar that has proven to be fast is compiled in the
 * thread of the event loop.
 */
export interface GrammarCompiler {
  /** Resolves if the grammar compiles within the time limit. Throws `BAD_USER_INPUT` otherwise. */
  check(source: string): Promise<void>;
  /** Ends the worker. Checks in progress are rejected. */
  close(): Promise<void>;
}

export interface GrammarCompilerOptions {
  /** The maximum time of the processor for a grammar, in milliseconds. */
  readonly maxCpuMs?: number;
  /** The maximum time until a grammar is compiled, in milliseconds. Then its worker is replaced. */
  readonly timeoutMs?: number;
}

/** The event loop is blocked for about twice as long: llama.cpp parses a grammar twice. */
const defaultMaxCpuMs = 100;
/** Longer, because other threads may have the core. */
const defaultTimeoutMs = 3000;
/** The maximum time until a worker has loaded the library, in milliseconds. */
const loadTimeoutMs = 30_000;
/** Maximum JavaScript memory of the worker. Grammars are compiled in native memory, which their bounds limit. */
const maxHeapMb = 64;
/** Maximum grammars whose check is remembered. */
const maxRemembered = 1000;

/** The program of the worker. The built server has it in one folder with its other files (`ops/build/server.ts`). */
const workerFile = new URL(
  import.meta.filename.endsWith('.ts') ? './grammarWorker.llama.ts' : './grammarWorker.js',
  import.meta.url,
);

export const createGrammarCompiler = (options: GrammarCompilerOptions = {}): GrammarCompiler => {
  const { maxCpuMs = defaultMaxCpuMs, timeoutMs = defaultTimeoutMs } = options;
  const passed = new LRUCache<string, true>({ max: maxRemembered });
  let worker: Promise<Worker> | null = null;
  /** The last check. Each waits for the one before. */
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  const start = async (): Promise<Worker> => {
    const started = new Worker(workerFile, {
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    });
    try {
      await replyOf(started, loadTimeoutMs);
    } catch (error) {
      void started.terminate();
      throw error;
    }
    // It keeps no process alive that has nothing else to do.
    started.unref();
    return started;
  };

  /** Ends the worker, also in the middle of a grammar. The next check starts another one. */
  const discard = (): void => {
    const ending = worker;
    worker = null;
    void ending?.then((ended) => ended.terminate()).catch(() => {});
  };

  const compile = async (source: string): Promise<Compiled> => {
    if (isClosed) throw engineFailed('The embedded engine is closed.');
    let running: Worker;
    try {
      worker ??= start();
      running = await worker;
    } catch (error) {
      worker = null;
      throw engineFailed('The embedded engine could not compile the JSON Schema. Try again.', {
        cause: error,
      });
    }
    running.ref();
    const reply = replyOf(running, timeoutMs);
    running.postMessage(source);
    try {
      return (await reply) as Compiled;
    } catch (error) {
      discard();
      if (error instanceof CompileTimeout) throw tooComplex();
      throw engineFailed('The embedded engine could not compile the JSON Schema. Try again.', {
        cause: error,
      });
    } finally {
      running.unref();
    }
  };

  return {
    async check(source) {
      const key = createHash('sha256').update(source).digest('base64');
      if (passed.has(key)) return;
      const compiling = last.then(() => compile(source));
      last = compiling.catch(() => {});
      const { error, cpuMs } = await compiling;
      if (error !== null) throw badInput('format', `The engine does not support this JSON Schema: ${error}`);
      if (cpuMs > maxCpuMs) throw tooComplex();
      passed.set(key, true);
    },
    async close() {
      isClosed = true;
      const ending = worker;
      worker = null;
      await ending?.then((ended) => ended.terminate()).catch(() => {});
    },
  };
};

class CompileTimeout extends Error {}

const tooComplex = () =>
  badInput(
    'format',
    'The JSON Schema takes too long to compile. Use fewer alternatives, optional properties and length limits.',
  );

/** Resolves to the next message of a worker. Rejects when it fails, exits, or the time is over. */
const replyOf = async (worker: Worker, timeoutMs: number): Promise<unknown> => {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const onExit = () => reject(new Error('The worker of grammars exited.'));
  const timer = setTimeout(() => reject(new CompileTimeout()), timeoutMs);
  worker.once('message', resolve).once('error', reject).once('exit', onExit);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.off('message', resolve).off('error', reject).off('exit', onExit);
  }
};
