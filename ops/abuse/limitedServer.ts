import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';
import { type RunOptions, type ServerProcess, startServer } from '../e2e/harness/process.ts';

/** The memory that the server may use, in bytes. */
export const maxMemory = 512 * 1024 * 1024;

/**
 * The limit of the JavaScript heap, in MiB: the one that Node 24 chooses by itself in a container of `maxMemory`. V8 reserves
 * far more address space than it uses, so `ulimit -v` can't limit its memory; the heap's limit leaves room for buffers and
 * native code, and the test compares the peak of the resident memory with `maxMemory`.
 */
const heapMiB = 256;

const cores = availableParallelism();
/** Each server has a core of its own, if there are as many. */
const serverCoreOf = (index: number): number => index % cores;

/** Whether attacker, engine and probe have less than two cores of their own, so that the probe waits for the attacker. */
export const isProbeCrowded = (servers: number): boolean => cores - servers < 2;

/** The cores of everything else: attacker, probe and engine. If none is left, they share those of the servers. */
const otherCoresOf = (servers: number): string => `${cores > servers ? servers : 0}-${cores - 1}`;

/**
 * Where it is permitted, servers and probe go before the other processes of the machine, which aren't part of the test, and
 * attackers after the probe. Without the permission `nice` runs its command as usual.
 */
const niceness = -18;

/** The command that runs a process of an attacker. */
export const asAttacker: readonly string[] = ['nice', '-n', String(-niceness)];

/** Moves this process, the probe, and all processes that it starts away from the cores of the servers. */
export const leaveServerCores = (servers: number): void => {
  const others = otherCoresOf(servers);
  execFileSync('taskset', ['-a', '-c', '-p', others, String(process.pid)], { stdio: 'ignore' });
  try {
    setPriority(niceness);
  } catch {
    // Only a privileged user may.
  }
};

/** What a server used since the last measurement. */
export interface Measurement {
  /** The peak of the resident memory, in bytes. */
  readonly peakMemory: number;
  /** The longest delay of the event loop, in milliseconds. */
  readonly maxLoopDelayMs: number;
  /** The part of the time in which the main thread was ready, but did not have the core; from 0 to 1. */
  readonly stolen: number;
  /** The part of the time in which another process had its core, such as another replica on a small machine; from 0 to 1. */
  readonly foreign: number;
}

/** The unit of times in /proc, in milliseconds (`getconf CLK_TCK` is 100 on all common systems). */
const tickMs = 10;

/** Returns the time in which the core ran processes, in ms, without the kernel's work for its sockets (proc(5)). */
const busyMs = (core: number): number => {
  const [, text = ''] = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  const [user = 0, nice = 0, system = 0, , , , , steal = 0] = text.split(' ').map(Number);
  return (user + nice + system + steal) * tickMs;
};

/** Returns the processor time of a process with all its threads, in ms; 0 if it has ended. */
const processMs = (pid: number): number => {
  try {
    // The name of the program, in parentheses, may have spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return 0;
  }
};

export interface LimitedServer extends ServerProcess {
  readonly port: number;
  /** Measures since the last call. */
  measure(): Promise<Measurement>;
  /** Resolves to the amount that all callers hold of a resource of the budgets. */
  held(resource: string): Promise<number>;
}

/** Starts the nth server, on one core with a small heap. */
export const startLimitedServer = async (options: RunOptions, index = 0): Promise<LimitedServer> => {
  const core = serverCoreOf(index);
  const server = await startServer({
    ...options,
    command: ['taskset', '-c', String(core)],
    nodeFlags: [`--max-old-space-size=${heapMiB}`],
  });
  const proc = `/proc/${server.pid}`;

  const metrics = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();

  /** The time in which the main thread was ready but not running, in ms (Documentation/scheduler/sched-stats). */
  const waitedMs = () => Number(readFileSync(`${proc}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  /** The time in which the core ran other processes, in ms; only differences have a meaning. */
  const foreignMs = () => busyMs(core) - processMs(server.pid);
  const readTimes = () => ({ waitedMs: waitedMs(), foreignMs: foreignMs(), at: performance.now() });
  let last = readTimes();

  return {
    ...server,
    port: Number(new URL(server.url).port),
    async measure() {
      const text = await metrics();
      const [, peak = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`${proc}/status`, 'utf8')) ?? [];
      // Resets the peak (proc(5), clear_refs).
      writeFileSync(`${proc}/clear_refs`, '5');
      const now = readTimes();
      const elapsed = now.at - last.at;
      const stolen = (now.waitedMs - last.waitedMs) / elapsed;
      const foreign = Math.max(0, now.foreignMs - last.foreignMs) / elapsed;
      last = now;
      const [, delay = '0'] = /^nodejs_eventloop_lag_max_seconds ([\d.e-]+)/m.exec(text) ?? [];
      return { peakMemory: Number(peak) * 1024, maxLoopDelayMs: Number(delay) * 1000, stolen, foreign };
    },
    async held(resource) {
      const lines = (await metrics()).matchAll(
        new RegExp(`^ziggie_budget_held\\{resource="${resource}".*\\} (\\d+)`, 'gm'),
      );
      return [...lines].reduce((sum, [, amount]) => sum + Number(amount), 0);
    },
  };
};
