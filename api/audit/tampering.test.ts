import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  describeWithMongo,
  freshDatabaseName,
  sharedMongoUrl,
  silent,
  withClient,
} from '../mongo/server.testing.ts';
import { openMongoStores } from '../stores/stores.mongo.ts';
import { openSqliteStores } from '../stores/stores.sqlite.ts';
import type { Stores } from '../stores/stores.ts';
import { newEvent } from './events.testing.ts';
import type { EventDraft } from './recorder.ts';
import { dropExpiredEntries } from './retention.ts';
import { verifyChain } from './verify.ts';

/** A log whose database an attacker writes. */
interface TamperedLog {
  readonly stores: Stores;
  /** The columns of an entry. */
  columns(): Promise<readonly string[]>;
  /** Changes one column of an entry to another value of its type; JSON text stays JSON. */
  change(seq: number, column: string): Promise<void>;
  /** Removes all entries up to `seq`, and moves the anchor as if they were dropped. */
  forgeAnchor(seq: number): Promise<void>;
  close(): Promise<void>;
}

const describeTampering = (open: () => Promise<TamperedLog>): void => {
  let log: TamperedLog;
  beforeEach(async () => {
    log = await open();
    const events = [1, 2, 3, 4, 5].map(() =>
      newEvent({
        username: 'Ada',
        userId: 'u',
        target: 't',
        targetId: 'i',
        details: { a: 1, b: 'x' },
        at: new Date('2026-01-01'),
      }),
    );
    await log.stores.audit.append([...events, newEvent(), newEvent()]);
  });
  afterEach(() => log.close());

  const drop = async (days: number) => {
    const record = async ({ action, details = {}, count = 1 }: EventDraft) =>
      log.stores.audit.append([newEvent({ action, details, count })]);
    const clock = () => new Date();
    const { signal } = new AbortController();
    return dropExpiredEntries({ store: log.stores.audit, recorder: { record }, days, clock }, signal);
  };

  it('detects a change of any single column', async () => {
    expect(await verifyChain(log.stores.audit)).toMatchObject({ is: 'whole', entries: 7 });
    const columns = await log.columns();
    expect(columns.length).toBeGreaterThanOrEqual(15);
    const unseen: string[] = [];
    for (const column of columns) {
      await log.close();
      log = await open();
      await log.stores.audit.append(
        [1, 2, 3].map(() =>
          newEvent({ username: 'Ada', userId: 'u', target: 't', targetId: 'i', details: { a: 1, b: 'x' } }),
        ),
      );
      await log.change(2, column);
      if ((await verifyChain(log.stores.audit)).is !== 'broken') unseen.push(column);
    }
    expect(unseen).toEqual([]);
  }, 60_000);

  it('detects an anchor that presents removed entries as dropped', async () => {
    await log.forgeAnchor(3);
    expect(await verifyChain(log.stores.audit)).toEqual({
      is: 'broken',
      seq: 3,
      why: expect.stringContaining('the anchor was forged'),
    });
  });

  it('accepts an anchor that an entry announces, and detects one beyond it', async () => {
    expect(await drop(30)).toBe(5);
    expect(await verifyChain(log.stores.audit)).toMatchObject({ is: 'whole', entries: 3, first: { seq: 6 } });
    await log.forgeAnchor(6);
    expect(await verifyChain(log.stores.audit)).toMatchObject({ is: 'broken', seq: 6 });
  });
};

describe('tampering with the audit log', () => {
  describe('on SQLite', () =>
    describeTampering(async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'ziggie-tamper-'));
      const stores = openSqliteStores({ dataDir });
      const run = <Reply>(act: (database: DatabaseSync) => Reply): Reply => {
        const database = new DatabaseSync(join(dataDir, 'ziggie.sqlite'), { timeout: 5000 });
        database.exec(
          'DROP TRIGGER IF EXISTS audit_events_stay; DROP TRIGGER IF EXISTS audit_events_are_kept',
        );
        try {
          return act(database);
        } finally {
          database.close();
        }
      };
      return {
        stores,
        columns: async () =>
          run((database) =>
            database
              .prepare("SELECT name FROM pragma_table_info('audit_events')")
              .all()
              .map(({ name }) => String(name)),
          ),
        async change(seq, column) {
          const value =
            column === 'details'
              ? "details || ' '"
              : `CASE typeof(${column}) WHEN 'integer' THEN ${column} + 100 ELSE ${column} || 'x' END`;
          run((database) => database.exec(`UPDATE audit_events SET ${column} = ${value} WHERE seq = ${seq}`));
        },
        async forgeAnchor(seq) {
          run((database) =>
            database.exec(`
              INSERT OR REPLACE INTO audit_anchor (id, seq, hash)
                SELECT 'anchor', seq, hash FROM audit_events WHERE seq = ${seq};
              DELETE FROM audit_events WHERE seq <= ${seq}`),
          );
        },
        async close() {
          await stores.close();
          await rm(dataDir, { recursive: true, force: true });
        },
      };
    }));

  describeWithMongo('on MongoDB', () =>
    describeTampering(async () => {
      const databaseName = freshDatabaseName();
      const stores = await openMongoStores({ url: sharedMongoUrl, log: silent, databaseName });
      await stores.ready();
      type Fields = Record<string, unknown>;
      return {
        stores,
        columns: () =>
          withClient(async (client) =>
            Object.keys((await client.db(databaseName).collection('auditEvents').findOne({})) ?? {}),
          ),
        change: (seq, column) =>
          withClient(async (client) => {
            const entries = client.db(databaseName).collection<Fields>('auditEvents');
            const found = await entries.findOne({ seq });
            const old = found?.[column];
            const changed =
              old instanceof Date
                ? new Date(old.getTime() + 100)
                : typeof old === 'number'
                  ? old + 100
                  : `${old}${column === 'details' ? ' ' : 'x'}`;
            await entries.deleteOne({ seq });
            await entries.insertOne({ ...found, [column]: changed });
          }),
        forgeAnchor: (seq) =>
          withClient(async (client) => {
            const database = client.db(databaseName);
            const last = await database.collection('auditEvents').findOne({ seq });
            await database
              .collection<{ _id: string }>('auditAnchor')
              .replaceOne({ _id: 'anchor' }, { seq, hash: last?.hash }, { upsert: true });
            await database.collection('auditEvents').deleteMany({ seq: { $lte: seq } });
          }),
        async close() {
          await stores.close();
          await withClient((client) => client.db(databaseName).dropDatabase());
        },
      };
    }),
  );
});
