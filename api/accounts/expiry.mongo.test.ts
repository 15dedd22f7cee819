import { setTimeout as sleep } from 'node:timers/promises';
import { freshDatabaseName, serverKnows, sharedMongoUrl, silent, withClient } from '../mongo/temporary.ts';
import { newId } from '../stores.contract.ts';
import { type MongoStores, openMongoStores } from '../stores.mongo.ts';

/** The server looks for what has expired once a minute, in milliseconds. */
const patienceMs = 130_000;

const expires = await serverKnows({ getParameter: 1, ttlMonitorEnabled: 1 });
const title = 'the expiry of sessions on MongoDB';

(expires ? describe : describe.skip)(
  expires ? title : `${title} (skipped: MONGODB_URL names no server that deletes what expires)`,
  () => {
    const databaseName = freshDatabaseName();
    let stores: MongoStores;
    beforeAll(async () => {
      stores = await openMongoStores({ url: sharedMongoUrl, log: silent, databaseName });
    });
    afterAll(async () => {
      await stores.close();
      await withClient((client) => client.db(databaseName).dropDatabase());
    });

    it(
      'is the server’s own doing',
      async () => {
        const now = new Date();
        const [past, future] = [new Date(now.getTime() - 1000), new Date(now.getTime() + 3_600_000)];
        for (const expiresAt of [past, future]) {
          const session = { id: newId(), userId: newId(), createdAt: now, expiresAt, userAgent: null };
          await stores.accounts.insertSession(session);
        }
        const count = () =>
          withClient((client) => client.db(databaseName).collection('sessions').countDocuments());
        // It tells nobody when it has deleted something.
        while ((await count()) > 1) await sleep(1000);
        expect(await stores.accounts.deleteExpiredSessions(now)).toBe(0);
        expect(await count()).toBe(1);
      },
      patienceMs,
    );
  },
);
