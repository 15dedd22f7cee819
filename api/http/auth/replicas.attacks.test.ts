import {
  describeWithMongo,
  freshDatabaseName,
  sharedMongoUrl,
  withClient,
} from '../../mongo/server.testing.ts';
import { createOwnRedis, describeWithOwnRedis, type OwnRedis, silent } from '../../redis/server.testing.ts';
import { connectRedisAdapters } from '../../replicas/shared.redis.ts';
import { openMongoStores } from '../../stores/stores.mongo.ts';
import { startTestApp, type TestApp } from '../testing/app.testing.ts';
import {
  accepted,
  bearer,
  openSocket,
  openStream,
  postQuery,
  rejected,
  tryEverySurface,
  tryToken,
} from '../testing/surfaces.testing.ts';

const password = 'a password for tests';

describeWithMongo('on MongoDB', () =>
  describeWithOwnRedis('attacks through another replica', () => {
    const databaseName = freshDatabaseName();
    let redis: OwnRedis;
    let here: TestApp;
    let there: TestApp;

    const startReplica = async (): Promise<TestApp> => {
      const stores = await openMongoStores({ url: sharedMongoUrl, log: silent, databaseName });
      await stores.ready();
      const { url } = redis;
      const adapters = connectRedisAdapters({
        url,
        log: silent,
        globalSlots: () => 4,
        cacheMs: 1000,
      });
      const env = { JWT_SECRET: 'a secret that all replicas of this test share' };
      return startTestApp({ env, shared: { stores, adapters } });
    };

    beforeAll(async () => {
      redis = await createOwnRedis();
      await redis.start();
      here = await startReplica();
      there = await startReplica();
    }, 60_000);
    afterAll(async () => {
      await Promise.all([here, there].map((replica) => replica.stop()));
      await redis.remove();
      await withClient((client) => client.db(databaseName).dropDatabase());
    }, 60_000);

    const signIn = async (): Promise<string> => {
      const query = `mutation { signIn(input: { username: "admin", password: "${password}" }) { accessToken } }`;
      const answer = (await (await postQuery(here.url, query)).json()) as {
        readonly data: { readonly signIn: { readonly accessToken: string } };
      };
      return answer.data.signIn.accessToken;
    };

    /** Opens a socket and a stream at the other replica. Resolves to how they end. */
    const openThere = async (token: string) => {
      const [socket, stream] = await Promise.all([
        openSocket(there.url, { token }),
        openStream(there.url, bearer(token)),
      ]);
      expect([socket.isAcknowledged, stream.status]).toEqual([true, 200]);
      const streamed = stream.text().then(
        () => 'ended',
        () => 'broken off',
      );
      return async () => [await socket.closed, await streamed];
    };
    const over = [4403, 'broken off'];

    it.each<[string, (token: string) => Promise<unknown>]>([
      [
        'signed out',
        (token) => postQuery(here.url, 'mutation { signOut(input: {}) { clientMutationId } }', bearer(token)),
      ],
      [
        'revoked from another session',
        () =>
          postQuery(here.url, 'mutation { revokeOtherSessions(input: {}) { ended } }', bearer(here.token)),
      ],
      [
        'ended by a change of the password',
        () =>
          postQuery(
            here.url,
            `mutation { changePassword(input: { currentPassword: "${password}", newPassword: "${password}, another" }) { viewer { id } } }`,
            bearer(here.token),
          ),
      ],
    ])('a session that is %s ends there at once, with its socket and its stream', async (_how, end) => {
      const token = await signIn();
      expect(await tryToken(there.url, token)).toEqual(accepted);
      const ended = await openThere(token);
      await end(token);
      expect(await ended()).toEqual(over);
      expect(await tryToken(there.url, token)).toEqual(rejected);
      expect(await tryToken(there.url, here.token)).toEqual(accepted);
    });

    it('a revoked API key ends there at once, with its socket and its stream', async () => {
      const query =
        'mutation { createApiKey(input: { name: "k", scopes: [READ] }) { secret apiKey { id } } }';
      const made = (await (await postQuery(here.url, query, bearer(here.token))).json()) as {
        readonly data: {
          readonly createApiKey: { readonly secret: string; readonly apiKey: { readonly id: string } };
        };
      };
      const { secret, apiKey } = made.data.createApiKey;
      const ended = await openThere(secret);
      const revoke = `mutation { revokeApiKey(input: { id: "${apiKey.id}" }) { deletedApiKeyId } }`;
      await postQuery(here.url, revoke, bearer(here.token));
      expect(await ended()).toEqual(over);
      const attempt = tryEverySurface(there.url, { 'X-API-Key': secret }, { apiKey: secret });
      expect(await attempt).toEqual(rejected);
    });
  }),
);
