import {
  describeWithMongo,
  freshDatabaseName,
  serverKnows,
  sharedMongoUrl,
  silent,
  withClient,
} from '../../mongo/server.testing.ts';
import { eventually } from '../../process/eventually.testing.ts';
import { newId } from '../../stores/stores.contract.ts';
import { openMongoStores } from '../../stores/stores.mongo.ts';
import type { Stores } from '../../stores/stores.ts';

/** The limit of the wait, in ms: MongoDB deletes expired documents once a minute. */
const deletionLimitMs = 120_000;

const expires = await serverKnows({ getParameter: 1, ttlMonitorEnabled: 1 });

// Without the TTL monitor, the sweep at each sign-in deletes expired sessions.
describeWithMongo('an expired session on MongoDB', () => {
  const databaseName = freshDatabaseName();
  let stores: Stores;
  beforeAll(async () => {
    stores = await openMongoStores({ url: sharedMongoUrl, log: silent, databaseName });
  });
  afterAll(async () => {
    await stores.close();
    await withClient((client) => client.db(databaseName).dropDatabase());
  });

  it(
    expires ? 'is deleted by the server' : 'is deleted by the sweep',
    async () => {
      const now = new Date();
      const [past, future] = [new Date(now.getTime() - 1000), new Date(now.getTime() + 3_600_000)];
      for (const expiresAt of [past, future]) {
        const session = {
          id: newId(),
          userId: newId(),
          createdAt: now,
          expiresAt,
          lastSeenAt: new Date(),
          userAgent: null,
          address: null,
        };
        await stores.accounts.insertSession(session);
      }
      const count = () =>
        withClient((client) => client.db(databaseName).collection('sessions').countDocuments());
      // MongoDB sends no notification of deletions.
      if (expires)
        await eventually(count, (left) => left === 1, { limitMs: deletionLimitMs, intervalMs: 1000 });
      expect(await stores.accounts.deleteExpiredSessions(now)).toBe(expires ? 0 : 1);
      expect(await count()).toBe(1);
    },
    deletionLimitMs + 10_000,
  );
});
