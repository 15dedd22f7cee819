import { writeSync } from 'node:fs';
import { Worker, workerData } from 'node:worker_threads';

/** The timeout of one schedule in real time, in ms; the slowest take about a second. */
const limitMs = 60_000;

/**
 * Kills this process if a schedule doesn't end: during a loop of microtasks the simulation itself can't run. Call the result
 * with the number of each schedule that begins.
 */
export const startWatchdog = (replay: (run: number) => string): ((run: number) => void) => {
  const current = new Int32Array(new SharedArrayBuffer(4));
  const [before, after] = replay(-1).split('-1');
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { watched: current, before, after, pid: process.pid },
  });
  worker.unref();
  return (run) => Atomics.store(current, 0, run);
};

interface Watched {
  readonly watched: Int32Array;
  readonly before: string;
  readonly after: string;
  readonly pid: number;
}

const watch = ({ watched, before, after, pid }: Watched) => {
  let last = -1;
  setInterval(() => {
    const run = Atomics.load(watched, 0);
    if (run === last) {
      writeSync(
        1,
        `Violation: schedule ${run} did not end: an endless loop of microtasks\n${before}${run}${after}\n`,
      );
      process.kill(pid, 'SIGKILL');
    }
    last = run;
  }, limitMs);
};

if (workerData?.watched) watch(workerData as Watched);
