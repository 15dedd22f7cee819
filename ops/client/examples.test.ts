import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { startProxy } from '../e2e/harness/proxy.ts';
import { describeWithPython, findPython, pythonPath } from '../e2e/harness/python.ts';
import { describeWithPrograms, missingPrograms } from '../e2e/harness/shell.ts';
import { counted, type StandinProcess, startStandin } from '../e2e/harness/standin.ts';

const examples = new URL('../../docs/examples/', import.meta.url);
const [python, missing] = await Promise.all([findPython(), missingPrograms('curl', 'jq')]);

describe('the examples', () => {
  let folder: string;
  let standin: StandinProcess;
  let server: ServerProcess;

  beforeAll(async () => {
    folder = await makeFolder();
    standin = await startStandin(200);
    server = await startServer({ dataDir: folder, env: { OLLAMA_URL: standin.url } });
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await standin?.kill();
    await removeFolder(folder);
  }, 60_000);

  /** Runs an example as its first lines describe. */
  const start = (program: string, name: string, question: string, variables: Record<string, string> = {}) => {
    const child = spawn(program, [fileURLToPath(new URL(name, examples)), question], {
      env: {
        PATH: process.env.PATH,
        ZIGGIE_URL: server.url,
        ZIGGIE_USER: 'admin',
        ZIGGIE_PASSWORD: adminPassword,
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
      ([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number | null }),
    );
    return { child, ended };
  };

  it('are identical in the documentation', async () => {
    const page = await readFile(new URL('../programs.md', examples), 'utf8');
    for (const name of ['ask.mjs', 'ask.html', 'ask.py', 'ask.sh']) {
      expect(page).toContain(`\n${await readFile(new URL(name, examples), 'utf8')}\`\`\`\n`);
    }
  });

  describeWithPrograms(missing, 'curl and jq', () => {
    it('stream an answer', async () => {
      const { stdout, stderr, code } = await start('bash', 'ask.sh', 'Count to 50').ended;
      expect({ stdout, stderr, code }).toEqual({ stdout: `${counted(50)}\n`, stderr: '', code: 0 });
    }, 60_000);

    it('report an error', async () => {
      const { stderr, code } = await start('bash', 'ask.sh', ' ').ended;
      expect(code).not.toBe(0);
      expect(stderr).toContain('Write something');
    }, 60_000);
  });

  describeWithPython(python, "Python's gql", () => {
    it('streams an answer', async () => {
      const { stdout, stderr, code } = await start(pythonPath, 'ask.py', 'Count to 50').ended;
      expect({ stdout, stderr, code }).toEqual({ stdout: `${counted(50)}\n`, stderr: '', code: 0 });
    }, 60_000);

    it('continues where it stopped when the connection drops', async () => {
      const proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
      const { child, ended } = start(pythonPath, 'ask.py', 'Count to 600', {
        ZIGGIE_URL: `http://127.0.0.1:${proxy.port}`,
      });
      for (let cuts = 0; cuts < 3; cuts += 1) {
        await once(child.stdout, 'data');
        proxy.cut();
        proxy.restore();
      }
      const { stdout, stderr, code } = await ended;
      expect({ stdout, stderr, code }).toEqual({ stdout: `${counted(600)}\n`, stderr: '', code: 0 });
      await proxy.close();
    }, 60_000);
  });
});
