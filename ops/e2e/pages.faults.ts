import { MongoClient } from 'mongodb';
import { pino } from 'pino';
import { decodeId, encodeId } from '../../api/graph/globalIds.ts';
import { messageDocumentOf } from '../../api/messages/documents.mongo.ts';
import { collectionsOf } from '../../api/mongo/collections.ts';
import { newConversation, newMessage } from '../../api/stores/stores.contract.ts';
import { openMongoStores } from '../../api/stores/stores.mongo.ts';
import { median } from '../bench/load/statistics.ts';
import type { Client } from './harness/client.ts';
import { type Cluster, describeWithCluster, startCluster } from './harness/cluster.ts';

const conversations = 1000;
const messages = 10_000;
const size = 50;
const rounds = 31;
const silent = pino({ level: 'silent' });

interface Page {
  readonly edges: readonly { readonly cursor: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

const page = 'edges { cursor node { id } } pageInfo { hasNextPage endCursor }';

describeWithCluster(`a user with ${conversations} conversations, one of ${messages} messages`, () => {
  let cluster: Cluster;
  let client: Client;
  let longest = '';

  beforeAll(async () => {
    cluster = await startCluster({ replicas: 1, engines: 1, tokensPerSecond: 100 });
    [client] = cluster.clients as [Client];
    const { viewer } = await client.data<{ viewer: { id: string } }>('{ viewer { id } }');
    longest = await fill(cluster.mongodbUrl, decodeId('User', viewer.id));
  }, 240_000);
  afterAll(() => cluster?.close(), 60_000);

  /** Reads all pages from the first to the last. */
  const cursors = async (read: (after: string | null) => Promise<Page>): Promise<readonly string[]> => {
    const ends: string[] = [];
    for (let next: string | null = null; ; ) {
      const { edges, pageInfo }: Page = await read(next);
      expect(edges.length).toBeLessThanOrEqual(100);
      ends.push(...edges.map(({ cursor }) => cursor));
      if (!pageInfo.hasNextPage) return ends;
      next = pageInfo.endCursor;
    }
  };

  /** Resolves to the times of pages in the middle and at the end, relative to the start, measured alternately. */
  const ratios = async (all: readonly string[], read: (after: string | null) => Promise<Page>) => {
    const places = [null, all[all.length / 2 - 1] ?? '', all[all.length - size - 1] ?? ''];
    const times = places.map((): number[] => []);
    for (let round = 0; round < rounds; round += 1) {
      for (const [at, after] of places.entries()) {
        const began = performance.now();
        expect((await read(after)).edges).toHaveLength(size);
        times[at]?.push(performance.now() - began);
      }
    }
    const [start = Number.NaN, ...others] = times.map(median);
    return others.map((time) => time / start);
  };

  it('reads every conversation once, with pages of equal speed at the start, middle and end', async () => {
    const read = async (after: string | null, first = size) =>
      (
        await client.data<{ conversations: Page }>(
          `query ($first: Int, $after: String) { conversations(first: $first, after: $after) { ${page} } }`,
          { first, after },
        )
      ).conversations;
    const all = await cursors((after) => read(after, 100));
    expect(new Set(all).size).toBe(conversations);
    for (const ratio of await ratios(all, read)) expect(ratio).toBeLessThan(2);
  }, 120_000);

  it('reads every message once, with pages of equal speed at the start, middle and end', async () => {
    const read = async (after: string | null, first = size) =>
      (
        await client.data<{ node: { messages: Page } }>(
          `query ($id: ID!, $first: Int, $after: String) {
            node(id: $id) { ... on Conversation { messages(first: $first, after: $after) { ${page} } } }
          }`,
          { id: longest, first, after },
        )
      ).node.messages;
    const all = await cursors((after) => read(after, 100));
    expect(new Set(all).size).toBe(messages);
    for (const ratio of await ratios(all, read)) expect(ratio).toBeLessThan(2);
  }, 120_000);
});

/**
 * Writes the documents that the store would write, the messages in one batch. Returns the global id of the longest
 * conversation.
 */
const fill = async (url: string, ownerId: string): Promise<string> => {
  const stores = await openMongoStores({ url, log: silent });
  await stores.ready();
  const now = Date.now();
  const all = Array.from({ length: conversations }, (_, index) =>
    newConversation({ ownerId, title: `Conversation ${index}`, updatedAt: new Date(now - index * 1000) }),
  );
  const [longest] = all;
  if (!longest) throw new RangeError('there is none');
  for (const conversation of all) await stores.conversations.insert(conversation);
  let parentId: string | null = null;
  const documents = Array.from({ length: messages }, (_, depth) => {
    const role = depth % 2 ? 'ASSISTANT' : 'USER';
    const message = newMessage(longest, { parentId, role, content: `Message ${depth}.` });
    parentId = message.id;
    return message;
  }).map((message, depth, [first]) =>
    messageDocumentOf({ ...message, branchId: first?.id ?? '', depth }, depth === 0 ? { lineage: [] } : null),
  );
  const mongo = await MongoClient.connect(url);
  await collectionsOf(mongo.db()).messages.insertMany(documents);
  await mongo.close();
  await stores.conversations.update(ownerId, longest.id, { leafId: parentId });
  await stores.close();
  return encodeId('Conversation', longest.id);
};
