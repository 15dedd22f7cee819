import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { pino } from 'pino';
import type { Generation } from '../../../api/generations/generation.ts';
import { createRedisJournal } from '../../../api/generations/journal/journal.redis.ts';
import { createBullmqQueue } from '../../../api/generations/queue/queue.bullmq.ts';
import { contentOf, type MessageDocument } from '../../../api/messages/documents.mongo.ts';
import { createRedisBus } from '../../../api/realtime/bus.redis.ts';
import { connectRedis } from '../../../api/redis/connection.ts';
import { openMongoStores } from '../../../api/stores/stores.mongo.ts';
import type { Row } from '../store.ts';

/** The shared servers, or null and what is missing. */
export const serverUrls = ():
  | { readonly redisUrl: string; readonly mongodbUrl: string }
  | { readonly missing: string } => {
  const { REDIS_URL: redisUrl, MONGODB_URL: mongodbUrl } = process.env;
  if (!redisUrl) return { missing: 'REDIS_URL' };
  return mongodbUrl ? { redisUrl, mongodbUrl } : { missing: 'MONGODB_URL' };
};

type GenerationFields = Pick<Generation, 'ownerId' | 'status' | 'attempt' | 'messageId'> & {
  readonly thinking?: string | null;
  readonly _id: string;
};

type StoredContent = Pick<MessageDocument, '_id' | 'content' | 'tail' | 'bytes'>;

/** Opens a database and keys of one schedule on the real servers, without a proxy, to check what replicas have written. */
export const openServers = async (redisUrl: string, mongodbUrl: string) => {
  const name = `simulation-${randomUUID().slice(0, 13)}`;
  const prefix = `${name}:`;
  const log = pino({ level: 'silent' });
  const mongo = await MongoClient.connect(mongodbUrl);
  const database = mongo.db(name);
  const stores = await openMongoStores({ url: mongodbUrl, log, databaseName: name });
  await stores.ready();
  const redis = connectRedis({ url: redisUrl, prefix, log });
  const bus = createRedisBus(redis);
  const journal = createRedisJournal(redis);
  const queue = createBullmqQueue({ redis, bus, log, globalSlots: () => null });

  const readGenerations = () =>
    database
      .collection<GenerationFields>('generations')
      .find({}, { projection: { ownerId: 1, status: 1, attempt: 1, messageId: 1, thinking: 1 } })
      .sort({ _id: 1 })
      .toArray();

  return {
    prefix,
    databaseName: name,
    stores,
    journal,
    queue,
    /**
     * Reads all generations and their answers. Leaves out those that changed meanwhile, and takes them from `before`, so that
     * each row is a state that the store had.
     */
    async rows(before: readonly Row[]): Promise<readonly Row[]> {
      const first = new Map((await readGenerations()).map((one) => [one._id, one]));
      const messages = await database
        .collection<StoredContent>('messages')
        .find({ role: 'ASSISTANT' }, { projection: { content: 1, tail: 1, bytes: 1 } })
        .toArray();
      const contents = new Map(messages.map((message) => [message._id, contentOf(message)]));
      const old = new Map(before.map((row) => [row.id, row]));
      return (await readGenerations()).flatMap(
        ({ _id: id, ownerId, status, attempt, messageId, thinking = null }) => {
          const then = first.get(id);
          const isStable = then?.status === status && then.attempt === attempt;
          if (!isStable) return old.get(id) ?? [];
          const content = messageId === null ? null : contents.get(messageId);
          return content === undefined ? [] : { id, ownerId, status, attempt, messageId, content, thinking };
        },
      );
    },
    async close() {
      await queue.close();
      await journal.close();
      await bus.close();
      for (const pattern of [`${prefix}*`, `{${prefix}*`]) {
        const keys = await redis.ask((client) => client.keys(pattern));
        if (keys.length > 0) await redis.ask((client) => client.unlink(...keys));
      }
      await redis.close();
      await stores.close();
      await database.dropDatabase();
      await mongo.close();
    },
  };
};

export type Servers = Awaited<ReturnType<typeof openServers>>;
