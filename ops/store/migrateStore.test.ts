import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { verifyChain } from '../../api/audit/verify.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  sharedMongoUrl,
  silent,
  withClient,
} from '../../api/mongo/server.testing.ts';
import { newGeneration, newId } from '../../api/stores/stores.contract.ts';
import { openMongoStores } from '../../api/stores/stores.mongo.ts';
import { openSqliteStores } from '../../api/stores/stores.sqlite.ts';
import {
  conversation,
  ended,
  fillInstallation,
  type Installation,
  readInstallation,
  session,
  user,
} from './installation.testing.ts';
import { closedPort, createCommands, move } from './migrateStore.testing.ts';

/** How long a process may take on a busy machine, in milliseconds. */
const timeoutMs = 60_000;

describeWithMongo('migrate-store', () => {
  let dataDir: string;
  let databaseName: string;
  let url: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ziggie-'));
    databaseName = freshDatabaseName();
    url = sharedMongoUrl.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*/, `$1/${databaseName}`);
  });
  afterEach(async () => {
    commands.kill();
    await rm(dataDir, { recursive: true, force: true });
    await withClient((client) => client.db(databaseName).dropDatabase());
  });

  const commands = createCommands(() => ({ DATA_DIR: dataDir, MONGODB_URL: url }));
  const { start, run } = commands;

  const openTarget = async () => {
    const stores = await openMongoStores({ url, log: silent });
    await stores.ready();
    return stores;
  };

  const fillSource = async (length = 3) => {
    const source = openSqliteStores({ dataDir });
    const filled = await fillInstallation(source, length);
    await source.close();
    return filled;
  };

  const expectMoved = async (filled: Installation) => {
    const [source, target] = [openSqliteStores({ dataDir }), await openTarget()];
    const [before, after] = [await readInstallation(source, filled), await readInstallation(target, filled)];
    const verdict = await verifyChain(target.audit);
    await source.close();
    await target.close();
    expect(after).toEqual(before);
    expect(after.attachments.map((one) => one?.fileSha256)).toEqual(
      filled.attachments.map(({ sha256 }) => sha256),
    );
    expect(verdict).toMatchObject({ is: 'whole', entries: 2, first: { seq: 2 } });
    expect(after.lists.map(({ items }) => items.length)).toEqual([2, 1, 1, 1, 1, 1]);
    expect(after.session).toEqual(session);
  };

  it(
    'migrates an installation with all its data, once',
    async () => {
      const filled = await fillSource();
      const first = await run();
      expect(first).toMatchObject({ code: 0, err: '' });
      expect(first.lines).toEqual([
        'users: 1 of 1',
        'sessions: 1 of 1',
        'apiKeys: 1 of 1',
        'answerDefaults: 1 of 1',
        'collections: 1 of 1',
        'folders: 1 of 1',
        'conversations: 2 of 2',
        'attachments: 3 of 3',
        'messages: 8 of 8',
        'generations: 2 of 2',
        'presets: 1 of 1',
        'holds: 1 of 1',
        'dockerRequests: 1 of 1',
        'healingAgents: 1 of 1',
        'healings: 1 of 1',
        'batches: 1 of 1',
        'batchItems: 3 of 3',
        'batchFiles: 1 of 1',
        'batchFileParts: 1 of 1',
        'auditAnchor: 1 of 1',
        'auditEvents: 2 of 2',
        expect.stringContaining(`All data is in the MongoDB database ${databaseName}.`),
        expect.stringContaining('Start the server with MONGODB_URL'),
      ]);
      await expectMoved(filled);
      const target = await openTarget();
      expect(await target.accounts.findSession(ended.id, new Date(0))).toBeNull();
      await target.conversations.update(user.id, conversation.id, { title: 'written since' });
      const again = await run();
      expect(again).toMatchObject({ code: 0, err: '' });
      expect(again.lines).toEqual([expect.stringMatching(/was migrated to .* There is nothing to do\.$/)]);
      expect((await target.conversations.find(user.id, conversation.id))?.title).toBe('written since');
      await target.close();
    },
    timeoutMs,
  );

  it(
    'continues after it was killed',
    async () => {
      const filled = await fillSource(2500);
      const child = start();
      if (child.stdout === null) throw new Error('the child has no output');
      for await (const line of createInterface(child.stdout)) {
        if (line === 'messages: 1000 of 2505') break;
      }
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      const { code, lines, err } = await run();
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(lines[0]).toBe('Continuing the interrupted migration.');
      expect(lines).not.toContain('messages: 500 of 2505');
      expect(lines).toContain('messages: 2505 of 2505');
      await expectMoved(filled);
    },
    timeoutMs,
  );

  it(
    'starts again if the store has changed since the interruption',
    async () => {
      const filled = await fillSource();
      // The record of an interrupted migration, from an earlier state of the store.
      await withClient((client) =>
        client
          .db(databaseName)
          .collection<{ _id: string; [field: string]: unknown }>('transfers')
          .insertOne({
            _id: 'transfer',
            installation: user.id,
            state: 'before',
            reached: { conversations: 'Z', messages: 'Z' },
            finishedAt: null,
          }),
      );
      const { code, lines } = await run();
      expect(code).toBe(0);
      expect(lines[0]).toContain('starting again');
      await expectMoved(filled);
    },
    timeoutMs,
  );

  it(
    'names a missing or damaged file, and continues when it is there',
    async () => {
      const filled = await fillSource();
      const [first] = filled.attachments;
      const file = join(dataDir, 'attachments', 'files', first?.fileKey ?? '');
      for (const [problem, spoil] of [
        ['damaged', () => writeFile(file, 'diff')],
        ['missing', () => rm(file)],
      ] as const) {
        await spoil();
        const { code, err } = await run();
        expect(code).toBe(1);
        expect(err).toMatch(
          new RegExp(`^migrate-store: The file of the attachment "é.txt" \\(${first?.id}\\) is ${problem}: `),
        );
        expect(err).toContain(`${first?.fileKey}. Restore it from a backup`);
      }
      await writeFile(file, 'same');
      expect(await run()).toMatchObject({ code: 0, err: '' });
      await expectMoved(filled);
    },
    timeoutMs,
  );

  it(
    'compares the numbers of rows at the end',
    async () => {
      await fillSource();
      const target = await openTarget();
      await target.generations.insert({
        ...newGeneration(conversation),
        conversationId: null,
        messageId: null,
      });
      await target.close();
      const { code, err } = await run();
      expect(code).toBe(1);
      expect(err).toMatch(
        /^migrate-store: The MongoDB database \S+ has 3 generations instead of 2: [^\n]+\n$/,
      );
    },
    timeoutMs,
  );

  it.each<
    [string, readonly string[], () => Record<string, string> | Promise<Record<string, string>>, RegExp]
  >([
    ['no direction', [], () => ({}), /^Usage: npm run migrate-store -- --from sqlite --to mongodb/],
    ['the other direction', ['--from', 'mongodb', '--to', 'sqlite'], () => ({}), /^Usage: /],
    ['an unknown flag', ['--force'], () => ({}), /^Unknown option '--force'/],
    ['no MONGODB_URL', move, () => ({ MONGODB_URL: ' ' }), /^MONGODB_URL is not set/],
    ['an invalid MONGODB_URL', move, () => ({ MONGODB_URL: 'http://x' }), /^MONGODB_URL can't be used: /],
    [
      'an unavailable MongoDB',
      move,
      async () => ({ MONGODB_URL: `mongodb://127.0.0.1:${await closedPort()}` }),
      /^MongoDB at 127\.0\.0\.1:\d+ is unavailable \(.*ECONNREFUSED.*\)\. Repair it and run this again/,
    ],
    [
      'no embedded store',
      move,
      () => ({ DATA_DIR: join(dataDir, 'none') }),
      /^The data folder \S+ contains no embedded store/,
    ],
  ])(
    'rejects %s with a clear message',
    async (_, args, environment, message) => {
      await fillSource(1);
      const { code, err } = await run(args, await environment());
      expect(code).toBe(1);
      expect(err).toMatch(/^migrate-store: /);
      expect(err.slice('migrate-store: '.length)).toMatch(message);
      expect(err).not.toContain('    at ');
    },
    timeoutMs,
  );

  it(
    'rejects a store that a server uses',
    async () => {
      const source = openSqliteStores({ dataDir });
      const { code, err } = await run();
      await source.close();
      expect(code).toBe(1);
      expect(err).toContain('Another process is using the data folder');
    },
    timeoutMs,
  );

  it(
    'rejects a database that contains another installation',
    async () => {
      await fillSource(1);
      const target = await openTarget();
      await target.accounts.insertUser({ ...user, id: newId(), username: 'somebody' });
      await target.close();
      const { code, err } = await run();
      expect(code).toBe(1);
      expect(err).toContain(`The MongoDB database ${databaseName} already contains another installation`);
    },
    timeoutMs,
  );
});
