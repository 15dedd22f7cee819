import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import { currentContext, type Scheduler, type Task } from './scheduler.ts';

/** The start of virtual time: 2026-01-01T00:00:00Z. */
export const epochMs = Date.UTC(2026, 0, 1);

let scheduler: Scheduler | null = null;
let random: () => number = Math.random;

/** Switches time to this scheduler, and `Math.random` to its random numbers. */
export const useScheduler = (next: Scheduler, nextRandom: () => number): void => {
  scheduler = next;
  random = nextRandom;
};

let isInServer = false;

/**
 * Runs a server's step. A timer that a library sets there (lru-cache caches the time) is no event of the schedule: it fires
 * as soon as the step is over.
 */
export const inServer = <Result>(act: () => Result): Result => {
  isInServer = true;
  try {
    return act();
  } finally {
    isInServer = false;
  }
};

class VirtualTimer {
  task: Task | null = null;
  ref() {
    return this;
  }
  unref() {
    return this;
  }
  hasRef() {
    return true;
  }
  [Symbol.dispose]() {
    clear(this);
  }
}

const start = (
  timer: VirtualTimer,
  label: string,
  act: () => void,
  ms: number,
  kind: Task['kind'] = 'timer',
) => {
  const context = currentContext() ?? null;
  timer.task = scheduler?.add(label, act, { context, delayMs: Math.max(1, Math.ceil(ms)), kind }) ?? null;
};

const clear = (timer: unknown): void => {
  if (timer instanceof VirtualTimer && timer.task) timer.task.cancelled = true;
};

const setVirtualTimeout = (act: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): VirtualTimer => {
  const timer = new VirtualTimer();
  if (isInServer) queueMicrotask(() => act(...args));
  else start(timer, `timer of ${ms} ms`, () => act(...args), ms);
  return timer;
};

const setVirtualInterval = (act: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): VirtualTimer => {
  const timer = new VirtualTimer();
  const again = () => {
    start(timer, `interval of ${ms} ms`, again, ms);
    act(...args);
  };
  start(timer, `interval of ${ms} ms`, again, ms);
  return timer;
};

const aborted = (signal: AbortSignal) =>
  Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
    name: 'AbortError',
    code: 'ABORT_ERR',
  });

const sleep = <Value>(
  ms = 0,
  value?: Value,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted(signal));
      return;
    }
    const timer = new VirtualTimer();
    const abort = () => {
      clear(timer);
      reject(aborted(signal as AbortSignal));
    };
    start(
      timer,
      `sleep of ${Math.round(ms)} ms`,
      () => {
        signal?.removeEventListener('abort', abort);
        resolve(value);
      },
      ms,
    );
    signal?.addEventListener('abort', abort, { once: true });
  });

const timeout = (ms: number): AbortSignal => {
  const controller = new AbortController();
  const expire = () =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  start(new VirtualTimer(), `deadline of ${ms} ms`, expire, ms, 'deadline');
  return controller.signal;
};

const RealDate = Date;

/** Replaces every source of time and randomness in this process. Call it once, before the product's code is loaded. */
export const installVirtualTime = (): void => {
  const nowMs = () => epochMs + (scheduler?.now ?? 0);
  Object.assign(globalThis, {
    setTimeout: setVirtualTimeout,
    clearTimeout: clear,
    setInterval: setVirtualInterval,
    clearInterval: clear,
    Date: class VirtualDate extends RealDate {
      constructor(...args: [] | [number]) {
        super(...((args.length === 0 ? [nowMs()] : args) as [number]));
      }
      static override now = nowMs;
    },
  });
  Object.defineProperty(performance, 'now', { value: () => scheduler?.now ?? 0 });
  AbortSignal.timeout = timeout;
  Math.random = () => random();
  Object.assign(timersPromises, { setTimeout: sleep });
  syncBuiltinESMExports();
};
