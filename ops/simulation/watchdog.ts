import { writeSync } from 'node:fs';
import { Worker, workerData } from 'node:worker_threads';

/** How long one schedule may take in real time, in milliseconds; the longest take about a second. */
const limitMs = 60_000;

/**
 * Ends this process when one schedule never ends: a loop on promises alone leaves no turn in which the simulation could
 * see it. The result is told the number of each schedule that begins.
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
        `Violation: schedule ${run} did not end: a loop on promises alone\n${before}${run}${after}\n`,
      );
      process.kill(pid, 'SIGKILL');
    }
    last = run;
  }, limitMs);
};

if (workerData?.watched) watch(workerData as Watched);
