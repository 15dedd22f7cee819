import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const repo = fileURLToPath(new URL('../../..', import.meta.url));

/** How long a server may take to answer, and to stop, in milliseconds. */
const startMs = 60_000;
const stopMs = 100_000;

export const adminPassword = 'a-password-for-tests';

export interface ServerProcess {
  /** `http://127.0.0.1:…`, without a slash at its end. */
  readonly url: string;
  /** All that it printed so far. */
  output(): string;
  /** SIGTERM, and waits for its end. Resolves to its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL: what a crash is. */
  kill(): Promise<void>;
}

export interface RunOptions {
  readonly dataDir: string;
  /** Beside what a test server needs. */
  readonly env?: Readonly<Record<string, string>>;
}

const spawnServer = ({ dataDir, env = {} }: RunOptions): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'api/main.ts'], {
    cwd: repo,
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
      // Tests ask for more than people do; what is limited is shown with limits set.
      RATE_LIMIT: 'off',
      WRITE_LIMIT: 'off',
      RUNNING_LIMIT: 'off',
      REQUEST_LIMIT: 'off',
      ADDRESS_LIMIT: 'off',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const collect = (child: ChildProcess) => {
  let text = '';
  const seen = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      seen.dispatchEvent(new Event('text'));
    });
  }
  return { read: () => text, seen };
};

/** Runs it to its end, for starts that fail. Resolves to its exit code and all that it printed. */
export const runServer = async (options: RunOptions): Promise<{ code: number | null; output: string }> => {
  const child = spawnServer(options);
  const { read } = collect(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, output: read() };
};

/** Starts a real server in a process of its own. Resolves when its engine can answer. */
export const startServer = async (options: RunOptions): Promise<ServerProcess> => {
  const child = spawnServer(options);
  const { read, seen } = collect(child);
  const ended = once(child, 'close') as Promise<[number | null]>;
  let isAsked = false;
  ended.then(([code]) => {
    if (!isAsked)
      process.stderr.write(`a test's server ended by itself with ${code}:\n${read().slice(-4000)}\n`);
  });

  const until = async (pattern: RegExp): Promise<string> => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = () => {
      const match = pattern.exec(read());
      if (match) resolve(match[1] ?? '');
    };
    const timer = setTimeout(() => reject(new Error(`no ${pattern} in:\n${read()}`)), startMs);
    seen.addEventListener('text', look);
    ended.then(() => reject(new Error(`the server ended:\n${read()}`)));
    look();
    return promise.finally(() => {
      clearTimeout(timer);
      seen.removeEventListener('text', look);
    });
  };

  const stop = async () => {
    isAsked = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    const [code] = await ended;
    clearTimeout(timer);
    return code;
  };

  try {
    const url = await until(/API\s+(http:\/\/\S+)\/graphql/);
    await untilReady(url);
    return {
      url,
      output: read,
      stop,
      async kill() {
        isAsked = true;
        child.kill('SIGKILL');
        await ended;
      },
    };
  } catch (error) {
    isAsked = true;
    child.kill('SIGKILL');
    throw error;
  }
};

/** Resolves when the server at `url` says that it is ready, or that it isn't. */
export const untilReady = async (url: string, isReady = true): Promise<void> => {
  const giveUpAt = Date.now() + startMs;
  for (;;) {
    const response = await fetch(`${url}/health/ready`);
    const [status, body] = [response.status, await response.text()];
    if ((status === 200) === isReady) return;
    if (Date.now() > giveUpAt) throw new Error(`not ${isReady ? 'ready' : 'away'}: ${body}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
