import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { signIn } from '../e2e/harness/client.ts';
import { describeWithEngine } from '../e2e/harness/engine.ts';
import { makeFolder, removeFolder } from '../e2e/harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from '../e2e/harness/process.ts';
import { type Client, clients } from './clients.ts';
import { compatibilityPage, type Result } from './compatibility.ts';

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
    const { token } = await signIn(server.url, 'admin', adminPassword);
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const query = 'mutation { createApiKey(input: { name: "client", scopes: [CHAT, READ] }) { secret } }';
    const created = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ query }),
    });
    const { data } = (await created.json()) as { data: { createApiKey: { secret: string } } };
    const listed = await fetch(`${server.url}/v1/models`, { headers });
    const models = (await listed.json()) as { data: readonly { id: string }[] };
    env = {
      ...(process.env as Record<string, string>),
      CLIENT_URL: server.url,
      CLIENT_KEY: data.createApiKey.secret,
      CLIENT_MODEL: models.data[0]?.id ?? '',
    };
  }, 2 * minutes);

  afterAll(async () => {
    await server?.stop();
    await removeFolder(folder);
    if (isShort || results.size < clients.length) return;
    await writeFile(new URL('../../docs/compatibility.md', import.meta.url), compatibilityPage(results));
  }, 2 * minutes);

  it.each(chosen.map((client): [string, Client] => [client.name, client]))(
    '%s',
    async (name, client) => {
      const command = await client.prepare();
      if (!command) return;
      const { stdout } = await promisify(execFile)(command.file, command.args, {
        env: { ...env, ...command.env },
        timeout: 4 * minutes,
      });
      const found = stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Result);
      results.set(name, found);
      expect(found.length).toBeGreaterThan(2);
      expect(found.filter(({ works }) => !works)).toEqual([]);
    },
    10 * minutes,
  );
});
