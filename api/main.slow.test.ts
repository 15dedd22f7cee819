import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startOllamaStandin } from './engine/standin/standin.ollama.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

let folder: string;
let started: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ziggie-main-'));
  started = [];
});

afterEach(async () => {
  for (const child of started) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  await rm(folder, { recursive: true });
});

const start = (environment: Record<string, string> = {}) => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
    cwd: folder,
    // An address where no engine listens: these tests need none.
    env: { DATA_DIR: 'data', PORT: '0', WEB_PORT: 'off', OLLAMA_URL: 'http://127.0.0.1:9', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
};

/** Starts a server that fails. Returns its error output and exit code. */
const startFailure = async (environment: Record<string, string>) => {
  const child = start(environment);
  const [line, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code, line };
};

/** Reads the rows that the server prints, up to the engine's. */
const readBanner = async (child: ReturnType<typeof start>) => {
  const rows = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [, label, value] = /^ {2}(\S+(?: \S+)?) {2,}(\S.*)$/.exec(line) ?? [];
    if (label && value) rows.set(label, value);
    if (label === 'Engine') return rows;
  }
  throw new Error('the server ended before it was up');
};

const stop = async (child: ChildProcess): Promise<unknown> => {
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  return code;
};

describe('a start that fails', () => {
  it('names the invalid variable in one line', async () => {
    expect(await startFailure({ PORT: 'http' })).toEqual({
      code: 1,
      line: `ziggie-llm: PORT="http" can't be used: give a whole number from 0 to 65535.\n`,
    });
  });

  it('also reads .env; the environment takes precedence', async () => {
    await writeFile(join(folder, '.env'), 'LOG_LEVEL=loud\nPORT=also-bad\n');
    expect((await startFailure({})).line).toMatch(/^ziggie-llm: LOG_LEVEL="loud" /);
  });

  it('says in one line that the data folder cannot be created', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, line } = await startFailure({ DATA_DIR: 'file/data' });
    expect(code).toBe(1);
    expect(line).toMatch(
      /^ziggie-llm: The data folder file\/data can't be created or written \(ENOTDIR\)\. .* set DATA_DIR to another folder\.\n$/,
    );
  });

  it('says in one line which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, line } = await startFailure({ WEB_PORT: String(port) });
    expect(code).toBe(1);
    expect(line).toBe(
      `ziggie-llm: Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or choose another port with WEB_PORT=${port + 1}.\n`,
    );
    other.close();
  });
});

describe('a start', () => {
  it('prints its URL and a valid password, which the next start no longer prints', async () => {
    const child = start();
    const rows = await readBanner(child);
    const api = rows.get('API') ?? '';
    expect(api).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/graphql$/);
    expect(rows.get('Data')).toBe(join(folder, 'data'));
    const [, password] = /^admin, password: (\S+) {3}\(shown this once\)$/.exec(rows.get('User') ?? '') ?? [];
    const response = await fetch(new URL('/api/auth/login', api), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password }),
    });
    expect(response.status).toBe(200);
    expect(await stop(child)).toBe(0);

    const again = start();
    expect((await readBanner(again)).get('User')).toBe('already created');
    expect(await stop(again)).toBe(0);
  });

  it('rejects an ADMIN_PASSWORD that is too weak, and says what to do', async () => {
    expect(await startFailure({ ADMIN_PASSWORD: 'admin' })).toEqual({
      code: 1,
      line: "ziggie-llm: ADMIN_PASSWORD can't be used: it has 5 characters; it needs at least 12. A few unrelated words do well. Choose another one, or leave it out: then one is generated and printed once.\n",
    });
  });

  it('uses ADMIN_PASSWORD, and does not print it', async () => {
    const child = start({ ADMIN_PASSWORD: 'correct horse battery' });
    expect((await readBanner(child)).get('User')).toBe('admin, password: from ADMIN_PASSWORD');
    expect(await stop(child)).toBe(0);
  });
});

describe('readiness of a first start', () => {
  const password = 'correct horse battery';

  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  };

  /** Polls without a pause, so that a moment of false readiness can't be missed. */
  const untilReady = async (url: string): Promise<void> => {
    const giveUpAt = performance.now() + 30_000;
    while (performance.now() < giveUpAt) {
      const response = await fetch(`${url}/health/ready`).catch(() => null);
      if (response?.status === 200) return;
      await response?.body?.cancel();
      if (response === null) await sleep(5);
    }
    throw new Error('the server did not become ready');
  };

  it('is reported only once the administrator can sign in and get an answer', async () => {
    const engine = await startOllamaStandin();
    try {
      for (let round = 0; round < 6; round += 1) {
        const port = await freePort();
        const child = start({
          DATA_DIR: `data-${round}`,
          PORT: String(port),
          OLLAMA_URL: engine.url,
          ADMIN_PASSWORD: password,
        });
        const url = `http://127.0.0.1:${port}`;
        await untilReady(url);
        const startup = await fetch(`${url}/health/startup`);
        expect([startup.status, await startup.json()]).toMatchObject([200, { status: 'started' }]);
        const headers = { 'Content-Type': 'application/json' };
        const signIn = await fetch(`${url}/api/auth/login`, {
          method: 'POST',
          headers,
          body: JSON.stringify({ username: 'admin', password }),
        });
        expect(signIn.status).toBe(200);
        const { access_token: token } = (await signIn.json()) as { access_token: string };
        const answer = await fetch(`${url}/api/llm/generate`, {
          method: 'POST',
          headers: { ...headers, Authorization: `Bearer ${token}` },
          body: JSON.stringify({ prompt: 'Hello' }),
        });
        expect(answer.status).toBe(200);
        await answer.body?.cancel();
        expect(await stop(child)).toBe(0);
      }
    } finally {
      await engine.close();
    }
  }, 60_000);
});

describe('two signals', () => {
  it('at once, as npm sends them, still let the server stop in order', async () => {
    const child = start();
    await readBanner(child);
    child.kill('SIGINT');
    expect(await stop(child)).toBe(0);
  });
});

describe('a server whose output has no reader any more', () => {
  it('still stops in order', async () => {
    const child = start({ LOG_LEVEL: 'info' });
    await readBanner(child);
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await stop(child)).toBe(0);
  });
});
