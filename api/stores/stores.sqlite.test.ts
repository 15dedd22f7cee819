import { chmod, mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Child, startChild } from '../sqlite/childProcess.testing.ts';
import { StoreUnopened } from '../sqlite/errors.ts';
import { forward, newConversation, newGeneration, newMessage, write } from './stores.contract.ts';
import { openSqliteStores } from './stores.sqlite.ts';

describe('SQLite stores', () => {
  let folder: string;
  let dataDir: string;
  let path: string;
  const children: Child[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-'));
    dataDir = join(folder, 'data');
    path = join(dataDir, 'ziggie.sqlite');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (script: string) => {
    const child = startChild(dataDir, script);
    children.push(child);
    return child;
  };
  const nextLine = async ({ lines }: Child) => (await lines.next()).value as string | undefined;

  const openOnce = async () => openSqliteStores({ dataDir }).close();

  /** Returns the message of the error on opening, and checks that it is one line. */
  const openError = (): string => {
    try {
      openSqliteStores({ dataDir });
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnopened);
      const { message } = error as StoreUnopened;
      expect(message).toMatch(/^[^\n]+$/);
      return message;
    }
    throw new Error('the store was opened');
  };

  it('keep data when they are closed and opened again', async () => {
    const conversation = newConversation({ title: 'kept' });
    const { ownerId, id } = conversation;
    const before = openSqliteStores({ dataDir });
    await before.conversations.insert(conversation);
    await before.close();
    await before.close();
    const after = openSqliteStores({ dataDir });
    await after.check();
    expect(await after.conversations.find(ownerId, id)).toEqual(conversation);
    await after.close();
  });

  it('reject calls when they are closed', async () => {
    const stores = openSqliteStores({ dataDir });
    await stores.close();
    await expect(stores.check()).rejects.toThrow('not open');
    await expect(stores.accounts.countUsers()).rejects.toThrow('not open');
  });

  it('are files that only their owner can read', async () => {
    const stores = openSqliteStores({ dataDir });
    await stores.conversations.insert(newConversation());
    const names = (await readdir(dataDir)).sort();
    expect(names).toEqual([
      'installation',
      'ziggie.lock',
      'ziggie.sqlite',
      'ziggie.sqlite-shm',
      'ziggie.sqlite-wal',
    ]);
    for (const name of names) expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    await stores.close();
  });

  it('do not index an answer at each save while its generation runs', async () => {
    const stores = openSqliteStores({ dataDir });
    const conversation = newConversation();
    await stores.conversations.insert(conversation);
    const generation = newGeneration(conversation, { status: 'RUNNING' });
    await stores.generations.insert(generation);
    const { ownerId } = conversation;
    const given = { id: generation.messageId, generationId: generation.id };
    const message = await write(stores, newMessage(conversation, given));
    const find = async (search: string) =>
      (await stores.conversations.page(ownerId, forward(9), { archived: false, tag: null, search })).items
        .length;
    const author = { generationId: generation.id, attempt: 1 };
    await stores.messages.setContent(ownerId, message.id, author, 'streamed');
    expect(await find('streamed')).toBe(0);
    await stores.generations.transition(generation.id, ['RUNNING'], { status: 'CANCELLED' });
    expect(await find('streamed')).toBe(1);
    await stores.close();
  });

  describe('after a kill -9 during writes', () => {
    it('have every committed row, and open at once', async () => {
      const conversation = newConversation();
      const child = run(`
        const stores = openSqliteStores({ dataDir });
        const conversation = { ...${JSON.stringify(conversation)}, createdAt: new Date(), updatedAt: new Date() };
        await stores.conversations.insert(conversation);
        for (let parentId = null; ; ) {
          const message = contract.newMessage(conversation, { parentId, content: 'words '.repeat(500) });
          ({ id: parentId } = await stores.messages.insert(message));
          say(parentId);
        }
      `);
      const committed: string[] = [];
      while (committed.length < 500) committed.push((await nextLine(child)) ?? '');
      await child.kill();
      for (let line = await nextLine(child); line !== undefined; line = await nextLine(child)) {
        // The last line may have been cut off by the kill.
        if (line.length === 26) committed.push(line);
      }

      const stores = openSqliteStores({ dataDir });
      const found = await stores.messages.findMany(conversation.ownerId, committed);
      expect(found.map((message) => message?.id)).toEqual(committed);
      expect(found.map((message) => message?.depth)).toEqual(committed.map((_, depth) => depth));
      await stores.close();

      const database = new DatabaseSync(path);
      expect({ ...database.prepare('PRAGMA integrity_check').get() }).toEqual({ integrity_check: 'ok' });
      expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
      database.close();
    });
  });

  describe('in a folder that is in use', () => {
    const message = () =>
      `Another process is using the data folder ${dataDir}: stop it, or set DATA_DIR to another folder.`;
    const holdOpen = `openSqliteStores({ dataDir }); say('open'); setInterval(() => {}, 1000);`;

    it('cannot be opened by this process until the other is killed', async () => {
      const child = run(holdOpen);
      expect(await nextLine(child)).toBe('open');
      expect(openError()).toBe(message());
      expect(openError()).toBe(message());
      await child.kill();
      await openOnce();
    });

    it('cannot be opened by another process, also after a failed second opening by this one', async () => {
      const stores = openSqliteStores({ dataDir });
      expect(openError()).toBe(message());
      const attempt = `try { openSqliteStores({ dataDir }); say('open'); } catch (error) { say(error.message); }`;
      expect(await nextLine(run(attempt))).toBe(message());
      await stores.close();
      expect(await nextLine(run(attempt))).toBe('open');
    });

    it('can be read by a backup', async () => {
      const stores = openSqliteStores({ dataDir });
      await stores.conversations.insert(newConversation());
      const copy = join(folder, 'copy.sqlite');
      const backup = new DatabaseSync(path, { readOnly: true });
      backup.prepare('VACUUM INTO ?').run(copy);
      backup.close();
      const restored = new DatabaseSync(copy);
      expect({ ...restored.prepare('SELECT count(*) AS rows FROM conversations').get() }).toEqual({
        rows: 1,
      });
      restored.close();
      await stores.close();
    });
  });

  describe('that cannot be opened explain it in one line', () => {
    it('for a store of a newer release, and leave it unchanged', async () => {
      await openOnce();
      const newer = new DatabaseSync(path);
      newer.exec('PRAGMA user_version = 99');
      newer.close();
      expect(openError()).toMatch(
        /was written by a newer release \(version 99, and this one knows \d+\): run that release/,
      );
      expect(openError()).toContain(path);
    });

    it('for a file that is no database', async () => {
      await mkdir(dataDir);
      await writeFile(path, 'This is a letter, and no database. '.repeat(1000));
      expect(openError()).toBe(
        `${path} is damaged: restore it from a backup, or move all files of ${dataDir} away to start with an empty store.`,
      );
    });

    it('for a database whose first page is damaged', async () => {
      await openOnce();
      const file = await open(path, 'r+');
      await file.write(Buffer.alloc(3000, 0xa5), 0, 3000, 100);
      await file.close();
      expect(openError()).toContain('is damaged: restore it from a backup');
    });

    it('for a data folder that is a file', async () => {
      await writeFile(dataDir, '');
      expect(openError()).toBe(`The data folder ${dataDir} is not a folder: set DATA_DIR to one.`);
      dataDir = join(dataDir, 'below');
      expect(openError()).toBe(`The data folder ${dataDir} is not a folder: set DATA_DIR to one.`);
    });

    it('for a folder at the path of the database', async () => {
      await mkdir(path, { recursive: true });
      expect(openError()).toContain(`The data folder ${dataDir} can't be written`);
    });

    // Root can write everywhere, so a child of root changes to another user.
    it.each([
      ['a folder', () => chmod(dataDir, 0o500)],
      [
        'files',
        async () => {
          for (const name of await readdir(dataDir)) await chmod(join(dataDir, name), 0o400);
        },
      ],
    ])('for %s without write permission', async (_, forbid) => {
      await openOnce();
      await rm(join(dataDir, 'ziggie.lock'));
      await openOnce();
      if (process.getuid?.() === 0) await chmod(folder, 0o755);
      await forbid();
      const child = run(`
        if (process.getuid() === 0) process.seteuid(65534);
        try { openSqliteStores({ dataDir }); say('open'); } catch (error) { say(error.message); }
      `);
      expect(await nextLine(child)).toContain(
        `The data folder ${dataDir} can't be written: give this user write access`,
      );
    });
  });

  it('leave no lock and no partial store after a failed opening', async () => {
    await mkdir(dataDir);
    await writeFile(path, 'This is a letter, and no database. '.repeat(1000));
    openError();
    await rm(path);
    await openOnce();
  });
});
