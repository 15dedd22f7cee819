import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The timeout of a start, in ms. */
const startTimeoutMs = 60_000;

/** Whether processes can be pinned to cores. */
export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0;

/** The server under test has the first core for itself; upstream and clients share the others. */
const cores = { server: '0', others: `1-${Math.max(1, availableParallelism() - 1)}` } as const;

const pin = (child: ChildProcess, core: keyof typeof cores): void => {
  if (canPin) spawnSync('taskset', ['-a', '-c', '-p', cores[core], String(child.pid)]);
};

/** A process of a benchmark. */
export interface BenchProcess {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await once(child, 'exit');
  clearTimeout(timer);
};

/** Starts a program of `ops/bench`, and waits for its first message. */
export const startProgram = async (
  path: string,
  args: readonly string[],
  core: keyof typeof cores,
): Promise<{ readonly child: ChildProcess; readonly message: unknown }> => {
  const child = fork(here(path), args, { execArgv: ['--disable-warning=ExperimentalWarning'] });
  pin(child, core);
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(startTimeoutMs) });
  return { child, message };
};

export const startServerProgram = async (
  path: string,
  args: readonly string[],
  core: keyof typeof cores,
): Promise<BenchProcess & { readonly urls: readonly string[] }> => {
  const { child, message } = await startProgram(path, args, core);
  const { urls } = message as { urls: readonly string[] };
  return { pid: child.pid ?? 0, url: urls[0] ?? '', urls, stop: () => stop(child) };
};

const password = 'a-password-for-the-bench';

/** Limits are on, but higher than the load. The running limit is off: its maximum of 100 is less than the load. */
const settings = {
  PORT: '0',
  WEB_PORT: 'off',
  ADMIN_PASSWORD: password,
  NODE_ENV: 'production',
  LOG_LEVEL: 'info',
  OLLAMA_NUM_PARALLEL: '64',
  RATE_LIMIT: '10000/1s',
  WRITE_LIMIT: '10000/1s',
  REQUEST_LIMIT: '10000/1s',
  ADDRESS_LIMIT: '10000/1s',
  RUNNING_LIMIT: 'off',
  CALLER_LIMITS: 'userSockets=10000,userStreams=10000,sockets=20000,operations=10000',
} as const;

export interface ServiceOptions {
  /** The root of a checkout. */
  readonly root: string;
  readonly upstreams: readonly string[];
  /** Additional variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Additional flags of Node, such as `--cpu-prof`. */
  readonly flags?: readonly string[];
}

/** The service in a process of its own. */
export interface ServiceProcess extends BenchProcess {
  /** The bearer token of its administrator. */
  readonly token: string;
  /** From the start of the process until it is ready, in ms. */
  readonly readyMs: number;
}

/** Returns the program that `npm start` runs in a checkout, built from its current sources. */
const programOf = (root: string): string => {
  const builder = join(root, 'ops/build/server.ts');
  if (!existsSync(builder)) return join(root, 'api/main.ts');
  const { status, stderr } = spawnSync(process.execPath, [builder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The server of ${root} can't be built:\n${stderr}`);
  return join(root, 'build/server/main.js');
};

/** Starts the service of a checkout, and signs its administrator in. */
export const startService = async (options: ServiceOptions): Promise<ServiceProcess> => {
  const { root, upstreams, env, flags = [] } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-bench-'));
  const program = programOf(root);
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...flags, program], {
    cwd: dataDir,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: dataDir,
      OLLAMA_URL: upstreams.join(','),
      // They would take the engine from what is measured.
      TITLES: 'off',
      ...settings,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  pin(child, 'server');
  let output = '';
  const address = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => address.reject(new Error(`The service did not start:\n${output}`)),
    startTimeoutMs,
  );
  child.once('exit', (code) => address.reject(new Error(`The service exited with ${code}:\n${output}`)));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      // Later output is only drained.
      if (output.length > 100_000) return;
      output += text;
      const url = /API\s+(http:\/\/\S+)\/graphql/.exec(output)?.[1];
      if (url) address.resolve(url);
    });
  }
  const url = await address.promise.finally(() => clearTimeout(timer));
  while ((await fetch(`${url}/health/ready`).then((response) => response.status)) !== 200) {
    if (performance.now() - startedAt > startTimeoutMs)
      throw new Error(`The service is not ready:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const readyMs = performance.now() - startedAt;
  const response = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return {
    pid: child.pid ?? 0,
    url,
    token,
    readyMs,
    async stop() {
      await stop(child);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

/** The ticks of a second in `/proc`. */
const ticksPerSecond = 100;

/** Returns the CPU time of a process with all its threads so far, in ms. */
export const cpuMs = (pid: number): number => {
  try {
    let nanoseconds = 0;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    }
    if (nanoseconds > 0) return nanoseconds / 1e6;
  } catch {
    // Not every kernel has schedstat.
  }
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
};

/** Returns the resident memory of a process now and at its peak, in MB. */
export const memoryMb = (pid: number): { readonly now: number; readonly peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (name: string) =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
  return { now: mb('VmRSS'), peak: mb('VmHWM') };
};
