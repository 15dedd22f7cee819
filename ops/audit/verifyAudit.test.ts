import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { newEvent } from '../../api/audit/events.testing.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  sharedMongoUrl,
  silent,
  withClient,
} from '../../api/mongo/server.testing.ts';
import { openMongoStores } from '../../api/stores/stores.mongo.ts';
import { openSqliteStores } from '../../api/stores/stores.sqlite.ts';
import type { Stores } from '../../api/stores/stores.ts';

const script = fileURLToPath(new URL('./verifyAudit.ts', import.meta.url));

/** How long a process may take on a busy machine, in milliseconds. */
const timeoutMs = 60_000;

/** Changes that an attacker with access to the database makes, bypassing the service. */
interface Tampering {
  change(seq: number): Promise<void>;
  remove(seq: number): Promise<void>;
  swap(one: number, other: number): Promise<void>;
}

interface Log extends Tampering {
  readonly stores: Stores;
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const verify = (environment: Readonly<Record<string, string>>, ...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const flags = ['--disable-warning=ExperimentalWarning', script, ...args];
    const env = { ...process.env, MONGODB_URL: '', ...environment };
    // Not in the repository, whose .env must not be read.
    const child = execFile(process.execPath, flags, { env, cwd: tmpdir() }, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });

const lastOf = (out: string) => /Store this elsewhere: (\d+:[0-9a-f]{64})/.exec(out)?.[1] ?? '';

const describeVerification = (open: () => Promise<Log>) => {
  let log: Log;
  beforeEach(async () => {
    log = await open();
    await log.stores.audit.append(Array.from({ length: 5 }, () => newEvent()));
  });
  afterEach(() => log.close());

  it(
    'finds the chain of a running service intact and prints the last hash',
    async () => {
      const { code, out, err } = await verify(log.environment);
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(/^5 entries, 1 to 5, from \S+Z to \S+Z: the chain is intact\.\n/);
      await log.stores.audit.append([newEvent()]);
      const later = await verify(log.environment, '--expect', lastOf(out));
      expect(later.code).toBe(0);
      expect(later.out).toContain('Entry 5 matches the note.');
      expect(lastOf(later.out)).toMatch(/^6:/);
    },
    timeoutMs,
  );

  it(
    'verifies the rest of a log whose old entries were removed',
    async () => {
      const { out: before } = await verify(log.environment);
      const [, , third] = await log.stores.audit.chainAfter(0, 3);
      const details = { lastSeq: 3, lastHash: third?.hash ?? '' };
      await log.stores.audit.append([newEvent({ action: 'ENTRIES_DROPPED', details, count: 3 })]);
      await log.stores.audit.drop(new Date(Date.now() + 1000), 3);
      const { code, out } = await verify(log.environment, '--expect', lastOf(before));
      expect(code).toBe(0);
      expect(out).toContain('3 entries, 4 to 6,');
      expect(out).toContain('AUDIT_DAYS has removed the 3 entries before them.');
      const tooOld = await verify(log.environment, '--expect', `1:${'0'.repeat(64)}`);
      expect(tooOld).toMatchObject({ code: 2, out: expect.stringContaining('Use a newer note.') });
    },
    timeoutMs,
  );

  it.each<[string, (tampering: Tampering) => Promise<void>, string]>([
    ['a field was changed', ({ change }) => change(3), 'Broken at entry 3: its fields were changed'],
    ['an entry was removed', ({ remove }) => remove(3), 'Broken at entry 4: entry 3 is missing'],
    ['the first entry was removed', ({ remove }) => remove(1), 'Broken at entry 2: entry 1 is missing'],
    [
      'two entries were swapped',
      ({ swap }) => swap(2, 4),
      'Broken at entry 2: it does not follow the previous entry',
    ],
  ])(
    'detects that %s',
    async (_, tamper, line) => {
      await tamper(log);
      const { code, out } = await verify(log.environment);
      expect([code, out.slice(0, line.length)]).toEqual([1, line]);
    },
    timeoutMs,
  );

  it(
    'detects a truncated or rewritten chain by an earlier note',
    async () => {
      const noted = lastOf((await verify(log.environment)).out);
      await log.remove(5);
      expect((await verify(log.environment)).code).toBe(0);
      const cut = await verify(log.environment, '--expect', noted);
      expect([cut.code, cut.out]).toEqual([1, expect.stringContaining('removed from the end')]);
      await log.stores.audit.append([newEvent()]);
      const rebuilt = await verify(log.environment, '--expect', noted);
      expect([rebuilt.code, rebuilt.out]).toEqual([1, expect.stringContaining('was rewritten')]);
    },
    timeoutMs,
  );
};

describe('audit:verify', () => {
  describe('on SQLite', () => {
    describeVerification(async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-'));
      const stores = openSqliteStores({ dataDir });
      const run = async (sql: string) => {
        const database = new DatabaseSync(join(dataDir, 'ziggie.sqlite'), { timeout: 5000 });
        database.exec('DROP TRIGGER IF EXISTS audit_events_stay');
        database.exec('DROP TRIGGER IF EXISTS audit_events_are_kept');
        database.exec(sql);
        database.close();
      };
      return {
        stores,
        environment: { DATA_DIR: dataDir },
        change: (seq) => run(`UPDATE audit_events SET username = 'somebody else' WHERE seq = ${seq}`),
        remove: (seq) => run(`DELETE FROM audit_events WHERE seq = ${seq}`),
        swap: (one, other) =>
          run(`UPDATE audit_events SET seq = -1 WHERE seq = ${one};
            UPDATE audit_events SET seq = ${one} WHERE seq = ${other};
            UPDATE audit_events SET seq = ${other} WHERE seq = -1`),
        async close() {
          await stores.close();
          await rm(dataDir, { recursive: true });
        },
      };
    });

    it(
      'reports a missing store and an invalid note',
      async () => {
        const nowhere = { DATA_DIR: join(tmpdir(), 'ziggie-nowhere') };
        expect(await verify(nowhere)).toMatchObject({
          code: 2,
          err: expect.stringContaining('contains no embedded store'),
        });
        expect(await verify(nowhere, '--expect', '5')).toMatchObject({
          code: 2,
          err: expect.stringContaining('give it as SEQ:HASH'),
        });
      },
      timeoutMs,
    );
  });

  describeWithMongo('on MongoDB', () => {
    describeVerification(async () => {
      const databaseName = freshDatabaseName();
      const url = sharedMongoUrl.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*/, `$1/${databaseName}`);
      const stores = await openMongoStores({ url, log: silent });
      await stores.ready();
      const entries = <Reply>(act: Parameters<typeof withClient<Reply>>[0]) => withClient(act);
      const set = (seq: number, fields: object) =>
        entries((client) =>
          client.db(databaseName).collection('auditEvents').updateOne({ seq }, { $set: fields }),
        );
      return {
        stores,
        environment: { MONGODB_URL: url },
        async change(seq) {
          await set(seq, { username: 'somebody else' });
        },
        async remove(seq) {
          await entries((client) => client.db(databaseName).collection('auditEvents').deleteOne({ seq }));
        },
        async swap(one, other) {
          await set(one, { seq: -1 });
          await set(other, { seq: one });
          await set(-1, { seq: other });
        },
        async close() {
          await stores.close();
          await withClient((client) => client.db(databaseName).dropDatabase());
        },
      };
    });

    it(
      'reports that MongoDB is unavailable, without a password',
      async () => {
        const url = 'mongodb://user:hidden@127.0.0.1:9/ziggie?serverSelectionTimeoutMS=300';
        const { code, err } = await verify({ MONGODB_URL: url });
        expect([code, err]).toEqual([2, expect.stringContaining('MongoDB is unavailable')]);
        expect(err).not.toContain('hidden');
      },
      timeoutMs,
    );
  });
});
