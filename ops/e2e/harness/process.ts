import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isServerCurrent } from '../../build/server.ts';

const repo = fileURLToPath(new URL('../../..', import.meta.url));

/** The timeouts of a start and of a stop, in milliseconds. */
const startTimeoutMs = 60_000;
const stopTimeoutMs = 100_000;

export const adminPassword = 'a-password-for-tests';

export interface ServerProcess {
  /** `http://127.0.0.1:…`, without a trailing slash. */
  readonly url: string;
  readonly pid: number;
  /** Returns its output so far. */
  output(): string;
  /** Sends SIGSTOP, like a long garbage collection or the migration of a virtual machine. */
  pause(): void;
  /** Sends SIGCONT. */
  resume(): void;
  /** Sends SIGTERM and waits for the exit. Resolves to the exit code. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL, like a crash, and waits for the exit. */
  kill(): Promise<void>;
}

export interface RunOptions {
  readonly dataDir: string;
  /** Additional variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the server, such as `taskset`, with its arguments. It must replace itself by the server. */
  readonly command?: readonly string[];
  /** Additional flags of Node. */
  readonly nodeFlags?: readonly string[];
  /** The file that Node runs. Default: the built server if it is current, as `npm start` runs it; otherwise `api/main.ts`. */
  readonly entry?: string;
  /** The folder of the program, if it isn't this repository; its default entry is `api/main.ts`. */
  readonly folder?: string;
}

/** The compiled code of the servers of all tests. Node finds an entry by the hash of the source. */
const compileCache = join(tmpdir(), 'ziggie-llm-test-servers');

let isBuilt: boolean | null = null;

/** Loading the sources takes twice the CPU of a start. They are compared once: they don't change during a test. */
const ownEntry = (): string => {
  isBuilt ??= isServerCurrent();
  return isBuilt ? 'build/server/main.js' : 'api/main.ts';
};

const spawnServer = ({
  dataDir,
  env = {},
  command = [],
  nodeFlags = [],
  folder = repo,
  entry = folder === repo ? ownEntry() : 'api/main.ts',
}: RunOptions): ChildProcess => {
  const [program = '', ...flags] = [...command, process.execPath, ...nodeFlags];
  return spawn(program, [...flags, '--disable-warning=ExperimentalWarning', entry], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: dataDir,
      PORT: '0',
      WEB_PORT: 'off',
      ADMIN_PASSWORD: adminPassword,
      OLLAMA_URL: process.env.OLLAMA_URL || 'embedded',
      MODEL_PATH: process.env.MODEL_PATH,
      NODE_ENV: 'production',
      // A new data folder has no compiled code, which takes half of the start.
      NODE_COMPILE_CACHE: compileCache,
      // Tests send more requests than people do. Tests of limits set them in `env`.
      RATE_LIMIT: 'off',
      WRITE_LIMIT: 'off',
      RUNNING_LIMIT: 'off',
      REQUEST_LIMIT: 'off',
      ADDRESS_LIMIT: 'off',
      // Tests count the requests to the engine. Tests of titles set it in `env`.
      TITLES: 'off',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
};

const collect = (child: ChildProcess) => {
  let text = '';
  const seen = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      seen.dispatchEvent(new Event('text'));
    });
  }
  return { read: () => text, seen };
};

/** Starts a real server in its own process. Resolves when it is ready. */
export const startServer = async (options: RunOptions): Promise<ServerProcess> => {
  const child = spawnServer(options);
  const { read, seen } = collect(child);
  const ended = once(child, 'close') as Promise<[number | null]>;
  let isStopping = false;
  ended.then(([code]) => {
    if (!isStopping)
      process.stderr.write(`a test server exited unexpectedly with ${code}:\n${read().slice(-4000)}\n`);
  });

  const until = async (pattern: RegExp): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const check = () => {
      const match = pattern.exec(read());
      if (match) resolve(match[1] ?? '');
    };
    const timer = setTimeout(() => reject(new Error(`no ${pattern} in:\n${read()}`)), startTimeoutMs);
    seen.addEventListener('text', check);
    ended.then(() => reject(new Error(`the server ended:\n${read()}`)));
    check();
    return promise.finally(() => {
      clearTimeout(timer);
      seen.removeEventListener('text', check);
    });
  };

  const stop = async () => {
    isStopping = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    const [code] = await ended;
    clearTimeout(timer);
    return code;
  };

  try {
    const url = await until(/API\s+(http:\/\/\S+)\/graphql/);
    await untilReady(url);
    return {
      url,
      pid: child.pid ?? 0,
      output: read,
      pause: () => void child.kill('SIGSTOP'),
      resume: () => void child.kill('SIGCONT'),
      stop,
      async kill() {
        isStopping = true;
        child.kill('SIGKILL');
        await ended;
      },
    };
  } catch (error) {
    isStopping = true;
    child.kill('SIGKILL');
    throw error;
  }
};

/** Resolves when the server at `url` reports that it is ready, or that it isn't. */
export const untilReady = async (url: string, isReady = true): Promise<void> => {
  const giveUpAt = Date.now() + startTimeoutMs;
  for (;;) {
    const response = await fetch(`${url}/health/ready`);
    const body = await response.text();
    if (body.includes('"status":"ready"') === isReady) return;
    if (Date.now() > giveUpAt) throw new Error(`still ${isReady ? 'not ready' : 'ready'}: ${body}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
