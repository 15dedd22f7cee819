import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { createBackoff } from '../process/backoff.ts';
import type { ToPrimary, ToWorker } from './workerMessages.ts';

/** The pauses before a worker that died is replaced, in ms. A worker that lived this long begins with the first one again. */
const pauses = { minMs: 500, maxMs: 10_000 };
const healthyMs = 60_000;
/** How long the others wait for the first worker, which prepares the store and creates the administrator, in ms. */
const firstAloneMs = 5000;
/** How long the reply of a worker may take, in ms. */
const replyMs = 2000;

export interface PrimaryOptions {
  readonly count: number;
  readonly log: Logger;
  /** How long the workers may take to stop, in ms. Then they are killed. */
  readonly stopMs: number;
  readonly print: (text: string) => void;
  /** Called when the first worker serves requests. */
  readonly onStarted: () => void;
}

export interface Primary {
  /** Resolves to the exit code once no worker is left: after `stop`, or because the first one couldn't start. */
  readonly ended: Promise<number>;
  /** Sends SIGTERM to all workers. Called again, it kills them. */
  stop(): void;
}

/**
 * Starts `count` workers on the same ports, and replaces those that die. The first one starts alone, so that an error of the
 * configuration is reported once. Connections are given to the workers in turn.
 */
export const startPrimary = ({ count, log, stopMs, print, onStarted }: PrimaryOptions): Primary => {
  const ended = Promise.withResolvers<number>();
  const stopping = new AbortController();
  let hasStarted = false;
  let hasOthers = false;
  let exitCode = 0;
  let nextRequest = 0;
  /** The replies that are awaited. */
  const replies = new Map<string, (value: unknown) => void>();

  const workers = new Set<Worker>();

  const send = (worker: Worker, message: ToWorker) => {
    if (worker.isConnected()) worker.send(message, () => {});
  };

  const ask = async (worker: Worker): Promise<unknown> => {
    nextRequest += 1;
    const request = String(nextRequest);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    replies.set(request, resolve);
    const timer = setTimeout(() => resolve(null), replyMs);
    send(worker, { type: 'read', request });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      replies.delete(request);
    }
  };

  const startOthers = () => {
    if (hasOthers || stopping.signal.aborted) return;
    hasOthers = true;
    for (let others = 1; others < count; others += 1) keepRunning();
  };

  const receive = async (worker: Worker, message: ToPrimary) => {
    switch (message.type) {
      case 'started':
        // A banner per worker would say the same; but a password is shown only once.
        if (!hasStarted || message.isNewAdmin) print(message.text);
        if (!hasStarted) onStarted();
        hasStarted = true;
        startOthers();
        break;
      case 'line':
        print(message.text);
        break;
      case 'readAll': {
        const others = [...workers].filter((each) => each !== worker);
        const values = await Promise.all(others.map(ask));
        send(worker, { type: 'replies', request: message.request, values });
        break;
      }
      case 'reply':
        replies.get(message.request)?.(message.value);
        break;
    }
  };

  /** Notes that a worker has ended, or that none could be started. */
  const noteEnd = (code: number | null, what: object) => {
    if (stopping.signal.aborted) {
      if (code !== 0) exitCode = 1;
    } else if (!hasStarted && !hasOthers) {
      // It has printed why.
      exitCode = code === 0 ? 0 : 1;
      stopping.abort();
    } else log.error(what, 'workers: worker exited, starting another one');
    if (stopping.signal.aborted && workers.size === 0) ended.resolve(exitCode);
  };

  /** Starts a worker. Null if the operating system has no memory or process for it. */
  const fork = (): Worker | null => {
    try {
      const worker = cluster.fork();
      workers.add(worker);
      return worker;
    } catch (error) {
      log.error({ err: error }, 'workers: worker not started');
      noteEnd(1, { err: error });
      return null;
    }
  };

  /** Serves a worker's messages until it has ended. */
  const endOf = (worker: Worker): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.on('message', (message: ToPrimary) => void receive(worker, message));
    worker.once('listening', () => setTimeout(startOthers, firstAloneMs).unref());
    worker.once('exit', (code, signal) => {
      workers.delete(worker);
      noteEnd(code, { worker: worker.process.pid, code, signal });
      resolve();
    });
    worker.on('error', (error) => {
      log.error({ worker: worker.process.pid, err: error }, 'workers: worker failed');
      // A process that wasn't started doesn't exit.
      if (worker.process.pid !== undefined || !workers.delete(worker)) return;
      noteEnd(1, { err: error });
      resolve();
    });
    return promise;
  };

  /** Starts one worker, and replaces it whenever it dies. */
  const keepRunning = async (): Promise<void> => {
    let pause = createBackoff({ ...pauses, signal: stopping.signal });
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      const worker = fork();
      if (worker) await endOf(worker);
      if (performance.now() - startedAt > healthyMs)
        pause = createBackoff({ ...pauses, signal: stopping.signal });
      await pause().catch(() => {});
    }
  };

  const kill = (signal: NodeJS.Signals) => {
    for (const worker of workers) worker.process.kill(signal);
  };

  keepRunning();
  return {
    ended: ended.promise,
    stop() {
      if (stopping.signal.aborted) return kill('SIGKILL');
      stopping.abort();
      kill('SIGTERM');
      setTimeout(() => kill('SIGKILL'), stopMs).unref();
      if (workers.size === 0) ended.resolve(0);
    },
  };
};
