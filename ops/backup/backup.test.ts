import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { loadSecrets } from '../../api/access/secrets.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  sharedMongoUrl,
  silent,
  withClient,
} from '../../api/mongo/server.testing.ts';
import { newConversation, newId, newMessage, write } from '../../api/stores/stores.contract.ts';
import { openMongoStores } from '../../api/stores/stores.mongo.ts';
import { openSqliteStores } from '../../api/stores/stores.sqlite.ts';
import type { Stores } from '../../api/stores/stores.ts';
import { fillInstallation, readInstallation, user } from '../store/installation.testing.ts';
import { createFileWriter } from './files.ts';
import { applyRetention, backupName } from './retention.ts';
import { dumpSqlite } from './sqlite.ts';

const passphrase = 'a passphrase for tests of backups';
const timeoutMs = 60_000;
const conversationsOfLoad = 20;
const loadingUser = newId();

describe('backups', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = async (
    name: 'backup' | 'restore',
    args: readonly string[],
    env: Record<string, string> = {},
  ) => {
    const program = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', program, ...args],
        // Not in the repository, whose .env must not be read.
        {
          cwd: folder,
          env: { PATH: process.env.PATH, BACKUP_PASSPHRASE: passphrase, ...env },
          timeout: timeoutMs,
        },
      );
      return { code: 0, out: stdout, err: '' };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout, err: stderr };
    }
  };

  /** Writes conversations until it is stopped; resolves to those that were confirmed before the backup began. */
  const load = (stores: Stores) => {
    let isOn = true;
    const written: string[] = [];
    const running = (async () => {
      while (isOn) {
        const conversation = newConversation({ ownerId: loadingUser, title: `load ${written.length}` });
        await stores.conversations.insert(conversation);
        const root = await write(stores, newMessage(conversation, { content: 'load '.repeat(200) }));
        await write(stores, newMessage(conversation, { parentId: root.id, content: 'answer' }));
        written.push(conversation.id);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    return {
      written,
      async begun() {
        while (written.length < conversationsOfLoad) await new Promise((resolve) => setTimeout(resolve, 10));
        return [...written];
      },
      async stop() {
        isOn = false;
        await running;
      },
    };
  };

  /** Backs up under load, destroys, restores and compares. */
  const roundTrip = async (
    open: () => Promise<Stores>,
    destroy: () => Promise<void>,
    env: Record<string, string>,
    args: readonly string[] = [],
  ) => {
    const source = await open();
    const filled = await fillInstallation(source, 300);
    const content = Buffer.from('the content of an attachment');
    const sha256 = createHash('sha256').update(content).digest('hex');
    const key = await source.attachmentFiles.write({ ownerId: user.id, id: newId(), sha256 }, content);
    const before = await readInstallation(source, filled);
    const writer = load(source);
    const confirmed = await writer.begun();
    const made = await run('backup', ['--to', 'backups', ...args], env);
    await writer.stop();
    await source.close();
    expect([made.err, made.code]).toEqual(['', 0]);
    const [file = ''] = await readdir(join(folder, 'backups'));
    expect((await stat(join(folder, 'backups', file))).mode & 0o077).toBe(0);

    await destroy();
    const restored = await run('restore', [join('backups', file)], env);
    expect([restored.err, restored.code]).toEqual(['', 0]);
    const target = await open();
    expect(await readInstallation(target, filled)).toEqual(before);
    expect(await buffer(await target.attachmentFiles.open(key))).toEqual(content);
    const found = await target.conversations.findMany(loadingUser, confirmed);
    expect(found.filter((one) => one === null)).toEqual([]);
    // What was written during the backup is there as a whole, or not at all.
    for (const id of writer.written) {
      const conversation = await target.conversations.find(loadingUser, id);
      const roots = await target.messages.children(loadingUser, id, null);
      if (!conversation) expect(roots).toEqual([]);
    }
    await target.close();
    return join('backups', file);
  };

  it('restore an embedded store and its secret, made while a server writes', async () => {
    const dataDir = join(folder, 'data');
    const { signingKey } = await loadSecrets(dataDir, null);
    await writeFile(join(folder, '.env'), 'DRAIN_S=7\n');
    const env = { DATA_DIR: dataDir, JWT_SECRET: `it's # a "secret" of ${'x'.repeat(32)}` };
    const file = await roundTrip(
      async () => openSqliteStores({ dataDir }),
      () => rm(dataDir, { recursive: true }),
      env,
    );
    expect((await loadSecrets(dataDir, null)).signingKey).toEqual(signingKey);
    const restored = await readFile(join(dataDir, '.env.restored'), 'utf8');
    expect(restored.startsWith('DRAIN_S=7\n')).toBe(true);
    // Containers and systemd have no file: the variables come from the environment.
    expect(parseEnv(restored)).toEqual({ DRAIN_S: '7', ...env });
    expect((await readFile(join(folder, file))).subarray(0, 21).toString()).toBe('age-encryption.org/v1');

    // Over another installation only on request, and then the old files are kept.
    const refused = await run('restore', [file], env);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--replace')]);
    expect((await run('restore', [file, '--replace'], env)).code).toBe(0);
    const kept = (await readdir(dataDir)).filter((name) => name.includes('.before-restore-'));
    expect(kept.some((name) => name.startsWith('ziggie.sqlite'))).toBe(true);
    expect(kept.some((name) => name.startsWith('.env.restored'))).toBe(true);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('.restore-'))).toEqual([]);
  }, 120_000);

  it('are rejected in one line if they are damaged, incomplete, of another passphrase, or in use', async () => {
    const dataDir = join(folder, 'data');
    const env = { DATA_DIR: dataDir };
    const stores = openSqliteStores({ dataDir });
    await fillInstallation(stores, 3);
    expect((await run('backup', ['--to', '.'], env)).code).toBe(0);
    const [name = ''] = (await readdir(folder)).filter((one) => one.endsWith('.age'));
    const file = join(folder, name);
    const failure = async (program: 'backup' | 'restore', args: readonly string[], more = {}) => {
      const { code, err } = await run(program, args, { ...env, ...more });
      expect([code, err.trim().split('\n').length]).toEqual([1, 1]);
      return err;
    };
    expect(await failure('restore', [file, '--replace'])).toContain('A server uses the store');
    await stores.close();
    expect(await failure('restore', [file], { BACKUP_PASSPHRASE: 'another passphrase of others' })).toContain(
      'passphrase is wrong',
    );
    expect(await failure('backup', ['--to', '.'], { BACKUP_PASSPHRASE: 'short' })).toContain('16 characters');
    expect(await failure('backup', ['--verify', 'nothing.age'])).toContain('does not exist');
    const whole = await readFile(file);
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 100] = (flipped.at(-100) ?? 0) ^ 1;
    await writeFile(file, flipped);
    expect(await failure('backup', ['--verify', file])).toContain('damaged');
    await writeFile(file, whole);
    await truncate(file, whole.length - 50);
    expect(await failure('restore', [file, '--replace'])).toContain('damaged');
    // The store is as it was.
    const again = openSqliteStores({ dataDir });
    expect(await again.accounts.findUser(user.id)).not.toBeNull();
    await again.close();
  }, 120_000);

  it('take one pass over an embedded store, however often a server writes meanwhile', async () => {
    const server = new DatabaseSync(join(folder, 'ziggie.sqlite'));
    server.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (text TEXT)');
    const insert = server.prepare('INSERT INTO rows VALUES (?)');
    server.exec('BEGIN');
    for (let row = 0; row < 8000; row += 1) insert.run('a row '.repeat(150));
    server.exec('COMMIT');
    await writeFile(join(folder, '.backup-999999999.sqlite'), 'the copy of a killed backup');
    const writing = setInterval(() => insert.run('written meanwhile'), 1);
    const path = join(folder, 'copy.sqlite');
    const writer = createFileWriter(path);
    for await (const record of dumpSqlite(folder)) {
      if ('file' in record && record.file === 'ziggie.sqlite') await writer.write(record.data);
    }
    clearInterval(writing);
    await writer.close();
    const total = server.prepare('SELECT count(*) AS count FROM rows').get()?.count;
    server.close();
    expect(total).toBeGreaterThan(8000);
    const copy = new DatabaseSync(path);
    // As of the beginning: SQLite copies from the beginning again if it sees a write.
    expect(copy.prepare('SELECT count(*) AS count FROM rows').get()?.count).toBe(8000);
    copy.close();
    expect((await readdir(folder)).filter((name) => name.startsWith('.backup-'))).toEqual([]);
  });

  it('get their name once they are verified', async () => {
    const dataDir = join(folder, 'data');
    const stores = openSqliteStores({ dataDir });
    await stores.close();
    // Verifying needs a temporary folder.
    const made = await run('backup', ['--to', '.'], { DATA_DIR: dataDir, TMPDIR: join(folder, 'nothing') });
    expect([made.code, made.err]).toEqual([1, expect.stringContaining('ENOENT')]);
    expect((await readdir(folder)).filter((name) => name.includes('.backup.age'))).toEqual([]);
  });

  it('say that the files in a bucket are not in them', async () => {
    const dataDir = join(folder, 'data');
    await openSqliteStores({ dataDir }).close();
    const env = { DATA_DIR: dataDir, ATTACHMENTS_URL: 's3://files' };
    const { out } = await run('backup', ['--to', '.'], env);
    expect(out).toContain('Not in it: the attached files in s3://files.');
  });

  it('are kept as many as requested, and other files are left alone', async () => {
    const times = [1, 2, 3, 4].map((day) => backupName(new Date(Date.UTC(2026, 10, day))));
    for (const name of [...times, 'notes.age', 'ziggie-.backup.age']) await writeFile(join(folder, name), '');
    expect(await applyRetention(folder, 2)).toEqual(times.slice(0, 2));
    expect((await readdir(folder)).length).toBe(4);
    expect(await applyRetention(folder, 10)).toEqual([]);
  });

  describeWithMongo('of MongoDB', () => {
    const databaseName = freshDatabaseName();
    const url = () => sharedMongoUrl.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*/, `$1/${databaseName}`);
    const open = async () => {
      const stores = await openMongoStores({ url: url(), log: silent });
      await stores.ready();
      return stores;
    };
    const drop = () =>
      withClient(async (client) => {
        await client.db(databaseName).dropDatabase();
      });
    afterAll(drop);

    it('restore the database, made while a server writes', async () => {
      const env = { MONGODB_URL: url(), DATA_DIR: join(folder, 'data') };
      const isReplicaSet = await withClient((client) =>
        client
          .db('admin')
          .command({ hello: 1 })
          .then(
            ({ setName }) => setName !== undefined,
            () => false,
          ),
      );
      const file = await roundTrip(open, drop, env, isReplicaSet ? [] : ['--inconsistent']);
      const refused = await run('restore', [file], env);
      expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("isn't empty")]);
      expect((await run('restore', [file, '--replace'], env)).code).toBe(0);
      const other = await run('restore', [file], { DATA_DIR: join(folder, 'data') });
      expect([other.code, other.err]).toEqual([1, expect.stringContaining('MONGODB_URL')]);
      if (isReplicaSet) return;
      const unsafe = await run('backup', ['--to', '.'], env);
      expect([unsafe.code, unsafe.err]).toEqual([1, expect.stringContaining('no replica set')]);
    }, 180_000);
  });
});
