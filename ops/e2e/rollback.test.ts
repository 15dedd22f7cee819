import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Client, signIn } from './harness/client.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { previous, unpackPrevious } from './harness/previousRelease.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { counted, type StandinProcess, startStandin } from './harness/standin.ts';

const repo = fileURLToPath(new URL('../..', import.meta.url));

describe(`an upgrade from the previous release (${previous.slice(0, 8)}), and a rollback, on one machine`, () => {
  let folder: string;
  let dataDir: string;
  let engine: StandinProcess;
  let server: ServerProcess | null = null;
  let client: Client | null = null;

  /** Starts a server, of this version or of that in the folder, and signs in. */
  const start = async (of?: string): Promise<Client> => {
    server = await startServer({ dataDir, ...(of && { folder: of }), env: { OLLAMA_URL: engine.url } });
    client = await signIn(server.url, 'admin', adminPassword);
    return client;
  };
  const stop = async () => {
    await client?.close();
    client = null;
    await server?.stop();
    server = null;
  };

  /** Runs a program of a release in its folder. */
  const program = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>>) =>
    promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd,
      env: { PATH: process.env.PATH, DATA_DIR: dataDir, ...env },
      timeout: 60_000,
    });

  /** Runs a program of backups of this version, outside of the repository, whose .env must not be read. */
  const run = (name: 'backup' | 'restore', ...args: string[]) =>
    program(folder, [join(repo, 'ops', 'backup', `${name}.ts`), ...args], {
      BACKUP_PASSPHRASE: 'a passphrase for the tests of upgrades',
    });

  /** Returns the number of the last migration of a release. */
  const lastMigration = async (release: string) =>
    (await readdir(join(release, 'api', 'sqlite', 'migrations')))
      .map((file) => file.slice(0, 4))
      .sort()
      .at(-1);

  const ask = async (asking: Client, count: number): Promise<void> => {
    const { generation } = await asking.generate({ prompt: `Count to ${count}.` });
    expect(await asking.finished(generation.id)).toEqual({ text: counted(count), status: 'COMPLETED' });
  };

  /** Returns the texts of all conversations, by title. */
  const history = async (reading: Client) => {
    const { conversations } = await reading.data<{
      conversations: {
        edges: { node: { title: string; messages: { edges: { node: { content: string } }[] } } }[];
      };
    }>(
      '{ conversations(first: 10) { edges { node { title messages(last: 10) { edges { node { content } } } } } } }',
    );
    return conversations.edges
      .map(({ node }) => [node.title, ...node.messages.edges.map((edge) => edge.node.content)])
      .sort();
  };

  beforeAll(async () => {
    folder = await makeFolder();
    dataDir = join(folder, 'data');
    await mkdir(dataDir);
    engine = await startStandin(200);
    await unpackPrevious(join(folder, 'previous'));
  }, 60_000);
  afterAll(async () => {
    await stop();
    await engine?.kill();
    await removeFolder(folder);
  }, 60_000);

  it('keep all that was written before the upgrade', async () => {
    const old = join(folder, 'previous');
    const before = await start(old);
    await ask(before, 5);
    await ask(before, 7);
    const written = await history(before);
    expect(written).toHaveLength(2);
    // As docs/operations.md says, a backup precedes the upgrade. The server runs meanwhile.
    await run('backup', '--to', join(folder, 'backups'));
    await stop();

    const upgraded = await start();
    expect(await history(upgraded)).toEqual(written);
    await ask(upgraded, 9);
    expect(await history(upgraded)).toHaveLength(3);
    await stop();

    // A store that has changed is refused in one line, and stays as it is.
    if ((await lastMigration(old)) !== (await lastMigration(repo))) {
      const refused = await program(old, ['api/main.ts'], {
        OLLAMA_URL: engine.url,
        PORT: '0',
        WEB_PORT: 'off',
      }).catch(({ stderr }: { stderr: string }) => stderr.trim());
      expect(refused).toMatch(/^ziggie-llm: .* was written by a newer release .*$/);
    }
    const [backup = ''] = await readdir(join(folder, 'backups'));
    await run('restore', join(folder, 'backups', backup), '--replace');
    const back = await start(old);
    expect(await history(back)).toEqual(written);
    await ask(back, 11);
  }, 120_000);
});
