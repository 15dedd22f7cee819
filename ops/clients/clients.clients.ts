import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describeWithEngine } from '../e2e/harness/engine.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { type Client, clients } from './clients.ts';
import { cellsOfResults, page, type Result, readPage, writtenPage } from './compatibility.ts';
import { createKey } from './key.ts';

const minutes = 60_000;

/** `CLIENTS=short` runs the clients that need no installation, and leaves the page as it is. */
const isShort = process.env.CLIENTS === 'short';
const chosen = clients.filter((client) => !isShort || client.isShort);

describeWithEngine('real clients, with a base URL and a key', () => {
  let folder: string;
  let server: ServerProcess;
  let env: Record<string, string>;
  const results = new Map<string, readonly Result[]>();

  beforeAll(async () => {
    folder = await makeFolder();
    server = await startServer({ dataDir: folder });
    const { key, model } = await createKey(server.url);
    env = {
      ...(process.env as Record<string, string>),
      CLIENT_URL: server.url,
      CLIENT_KEY: key,
      CLIENT_MODEL: model,
    };
  }, 2 * minutes);

  afterAll(async () => {
    await server?.stop();
    await removeFolder(folder);
    if (isShort) return;
    // The rows of clients that didn't run stay.
    const printed = readPage(await readFile(page, 'utf8'));
    const rows = clients.flatMap(({ name }) => {
      const found = results.get(name);
      const cells = found ? cellsOfResults(found) : printed.clients.get(name);
      return cells ? [[name, cells] as const] : [];
    });
    await writeFile(page, writtenPage({ ...printed, clients: new Map(rows) }));
  }, 2 * minutes);

  it.each(chosen.map((client): [string, Client] => [client.name, client]))(
    '%s',
    async (name, client) => {
      const command = await client.prepare();
      if (!command) return;
      const { stdout } = await promisify(execFile)(command.file, command.args, {
        env: { ...env, ...command.env },
        timeout: 9 * minutes,
      });
      const found = stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Result);
      results.set(name, found);
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter(({ works }) => !works)).toEqual([]);
    },
    15 * minutes,
  );
});
