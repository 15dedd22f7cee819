import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword } from './harness/process.ts';
import { freePort } from './harness/redis.ts';

const repo = fileURLToPath(new URL('../..', import.meta.url));

/** The timeout until the server responds, and until all processes have exited, in ms. */
const limitMs = 60_000;

interface Npm {
  readonly process: ChildProcess;
  /** The URL of the server. */
  readonly url: string;
  readonly output: () => string;
  /** Resolves when every process that npm started has closed its standard output, that is, exited. */
  readonly ended: Promise<unknown>;
}

/** Runs `npm run <script>`, with a server that needs no engine. */
const startNpm = async (script: string, dataDir: string): Promise<Npm> => {
  const [port, webPort] = [await freePort(), await freePort()];
  const child = spawn('npm', ['run', script], {
    cwd: repo,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      TMPDIR: process.env.TMPDIR,
      DATA_DIR: dataDir,
      PORT: String(port),
      WEB_PORT: script === 'dev' ? String(webPort) : 'off',
      ADMIN_PASSWORD: adminPassword,
      OLLAMA_URL: 'http://127.0.0.1:9',
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In its own process group, so that the test can kill the processes that npm leaves behind.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close');
  const url = `http://127.0.0.1:${port}`;
  const giveUpAt = performance.now() + limitMs;
  while (!(await isLive(url))) {
    if (performance.now() > giveUpAt) throw new Error(`no server at ${url}:\n${output}`);
    await sleep(100);
  }
  return { process: child, url, output: () => output, ended };
};

const isLive = async (url: string): Promise<boolean> =>
  fetch(`${url}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  );

const within = async (promise: Promise<unknown>, what: string): Promise<void> => {
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(new Error(what)), limitMs);
  await Promise.race([promise, timer.promise]).finally(() => clearTimeout(timeout));
};

describe.each(['start', 'dev'])('npm run %s', (script) => {
  let folder: string;
  let npm: Npm | null;
  beforeEach(async () => {
    folder = await makeFolder();
    npm = null;
  });
  afterEach(async () => {
    try {
      if (npm?.process.pid) process.kill(-npm.process.pid, 'SIGKILL');
    } catch {
      // The group is empty, as expected.
    }
    await removeFolder(folder);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
    'ends the server when npm gets %s',
    async (signal) => {
      npm = await startNpm(script, folder);
      npm.process.kill(signal);
      await within(npm.ended, `the server still runs after ${signal}:\n${npm.output()}`);
      expect(npm.output()).toContain('"msg":"server: stopped"');
      expect(await isLive(npm.url)).toBe(false);
    },
    3 * limitMs,
  );

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'exits only after the server when npm gets %s',
    async (signal) => {
      npm = await startNpm(script, folder);
      const exited = once(npm.process, 'exit');
      npm.process.kill(signal);
      await within(exited, `npm still runs after ${signal}:\n${npm.output()}`);
      expect(await isLive(npm.url)).toBe(false);
    },
    3 * limitMs,
  );
});
