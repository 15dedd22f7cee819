import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Returns the CPU time that a process has used, in seconds. `ps` prints it as `[days-]hours:minutes:seconds`. */
const cpuSeconds = async (pid: number): Promise<number> => {
  const { stdout } = await run('ps', ['-o', 'time=', '-p', String(pid)]);
  const [clock = '', days = '0'] = stdout.trim().split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number(days) * 86_400 + seconds;
};

/** Measures the CPU use of each process over `seconds`: 1 is one core. `ps` counts whole seconds, so measure at least ten. */
export const measureCpu = async (pids: readonly number[], seconds: number): Promise<readonly number[]> => {
  const before = await Promise.all(pids.map(cpuSeconds));
  const startedAt = performance.now();
  await sleep(seconds * 1000);
  const after = await Promise.all(pids.map(cpuSeconds));
  const elapsed = (performance.now() - startedAt) / 1000;
  return after.map((used, index) => (used - (before[index] ?? 0)) / elapsed);
};
