import { type Db, MongoClient } from 'mongodb';
import { mongoAccountStore } from '../accounts/store/store.mongo.ts';
import { mongoApiKeyStore } from '../apiKeys/store.mongo.ts';
import { mongoPassageStore } from '../attachments/passages/store/store.mongo.ts';
import { mongoAttachmentStore } from '../attachments/store/store.mongo.ts';
import { type AuditFilter, everyAuditEntry } from '../audit/auditEvent.ts';
import { mongoAuditStore } from '../audit/store/store.mongo.ts';
import { mongoCollectionStore } from '../collections/store/store.mongo.ts';
import type { ConversationFilter, ConversationKey } from '../conversations/conversation.ts';
import { mongoConversationStore } from '../conversations/store/store.mongo.ts';
import { mongoGenerationStore } from '../generations/store/store.mongo.ts';
import { mongoHoldStore } from '../holds/store.mongo.ts';
import { mongoMessageStore } from '../messages/store.mongo.ts';
import type { PageRequest } from '../paging/pages.ts';
import {
  backward,
  forward,
  newConversation,
  newGeneration,
  newMessage,
  write,
} from '../stores/stores.contract.ts';
import type { Stores } from '../stores/stores.ts';
import { mongoUsageStore } from '../usage/store/store.mongo.ts';
import type { RunMongo } from './connection.ts';
import { isIndexed, type Query, stagesOf, watchQueries } from './queryPlans.testing.ts';
import {
  describeWithMongo,
  freshDatabaseName,
  openTemporaryMongoStores,
  serverKnows,
  sharedMongoUrl,
} from './server.testing.ts';

const hasExplain = await serverKnows({ explain: { find: 'users' } });

describeWithMongo('MongoDB', () => {
  const databaseName = freshDatabaseName();
  let client: MongoClient;
  let database: Db;
  let queries: Query[];
  let run: RunMongo;
  const conversation = newConversation({ title: 'planned', tags: ['t'] });
  const { ownerId, id } = conversation;
  let stores: Stores;
  let leafId = '';
  beforeAll(async () => {
    client = new MongoClient(sharedMongoUrl, { monitorCommands: true });
    database = client.db(databaseName);
    const watched = watchQueries(client, database);
    queries = watched.queries;
    run = (operation) => operation(watched.collections, database);
    stores = await openTemporaryMongoStores(databaseName);
    await stores.conversations.insert(conversation);
    await stores.generations.insert(newGeneration(conversation));
    const root = await write(stores, newMessage(conversation, { content: 'planned too' }));
    for (let fork = 0; fork < 3; fork += 1) {
      leafId = (await write(stores, newMessage(conversation, { parentId: root.id }))).id;
    }
  });
  beforeEach(() => {
    queries.length = 0;
  });
  afterAll(async () => {
    await client.close();
    await stores.close();
  });

  /** Checks each query against the declared indexes, and also with `explain` where the server supports it. */
  const expectIndexed = async (among: readonly Query[] = queries, slow = ['COLLSCAN', 'SORT']) => {
    expect(among).not.toEqual([]);
    expect(among.filter((query) => !isIndexed(query))).toEqual([]);
    if (!hasExplain) return;
    for (const { command } of [...among]) {
      const stages = stagesOf(await database.command({ explain: command, verbosity: 'queryPlanner' }));
      expect(stages.filter((stage) => slow.includes(stage))).toEqual([]);
    }
  };

  const key: ConversationKey = { pinned: false, updatedAt: conversation.updatedAt, id };
  const everything: ConversationFilter = { archived: false, tag: null, search: null };

  it.each<[string, PageRequest<ConversationKey>]>([
    ['first', forward(10)],
    ['next', forward(10, key)],
    ['last', backward(10)],
    ['previous', backward(10, key)],
    ['enclosed', forward(10, { ...key, pinned: true }, key)],
  ])('reads the %s page of conversations as ranges of an index', async (_, request) => {
    const store = mongoConversationStore(run);
    await store.page(ownerId, request, everything);
    await store.page(ownerId, request, { ...everything, tag: 't' });
    await expectIndexed();
  });

  it('searches by index, and sorts the matches', async () => {
    const { items } = await mongoConversationStore(run).page(ownerId, forward(10), {
      ...everything,
      search: 'plan to',
    });
    expect(items).toHaveLength(1);
    await expectIndexed(
      queries.filter(({ command }) => 'aggregate' in command),
      ['COLLSCAN'],
    );
  });

  it('searches messages by index, and sorts the matches', async () => {
    const { items } = await mongoMessageStore(run).search(ownerId, 'plan to', forward(10));
    expect(items).toHaveLength(1);
    await expectIndexed(queries, ['COLLSCAN']);
  });

  it('finds messages by their position in the tree by index', async () => {
    const store = mongoMessageStore(run);
    expect((await store.path(ownerId, leafId, backward(10))).items).toHaveLength(2);
    await store.children(ownerId, id, null);
    await store.children(ownerId, id, leafId);
    await store.count(ownerId, id);
    await store.newestLeaf(ownerId, leafId);
    await store.findMany(ownerId, [leafId]);
    await expectIndexed();
  });

  it('finds generations and accounts by index', async () => {
    const generations = mongoGenerationStore(run);
    await generations.unfinishedAnyOwner();
    const after = { createdAt: new Date(), id };
    await generations.activeAnyOwner(forward(10));
    await generations.activeAnyOwner(forward(10, after));
    await generations.activeAnyOwner(backward(10, after, after));
    await generations.unfinishedOfConversation(ownerId, id);
    await generations.findByIdempotencyKey(ownerId, 'k');
    await generations.usageOfConversation(ownerId, id);
    const accounts = mongoAccountStore(run);
    await accounts.findUserByName('n');
    await accounts.findSession(id, new Date());
    await accounts.deleteSessionsOf(ownerId, null);
    await accounts.findUserByIdentity({ issuer: 'i', subject: 's' });
    await accounts.pageOfUsers(forward(10, 'n'), null);
    await accounts.pageOfSessions(ownerId, forward(10, { createdAt: new Date(), id }), new Date());
    await accounts.pageOfInvites(forward(10, { createdAt: new Date(), id }), new Date());
    await mongoApiKeyStore(run).page(ownerId, forward(10, { createdAt: new Date(), id }));
    await mongoApiKeyStore(run).pageAnyOwner(forward(10, { createdAt: new Date(), id }));
    await mongoConversationStore(run).openTurnsAnyOwner(new Date());
    await mongoConversationStore(run).unchangedSince(ownerId, new Date(), null, 10);
    await mongoConversationStore(run).unchangedSince(ownerId, new Date(), { updatedAt: new Date(0), id }, 10);
    await mongoHoldStore(run).ofOwner(ownerId);
    await mongoHoldStore(run).page(forward(10, { createdAt: new Date(), id }));
    await accounts.usersBeingDeleted();
    await accounts.findLink('s', new Date());
    await generations.pageOfOwner(ownerId, forward(10, { createdAt: new Date(), id }));
    await mongoMessageStore(run).ofConversation(ownerId, id, leafId, 10);
    await expectIndexed();
  });

  it('reads documents of collections for a reader as ranges of indexes', async () => {
    const attachments = mongoAttachmentStore(run);
    await attachments.findReadable(ownerId, [id]);
    await attachments.readableText(ownerId, id);
    await attachments.pageOfCollection(ownerId, id, forward(10));
    await attachments.unsentAnyOwner(new Date(), null);
    const passages = mongoPassageStore(run);
    await passages.indexing(ownerId, [id]);
    await passages.searchableIn(ownerId, [id]);
    await passages.list(ownerId, id, 0, 10);
    await passages.findMany(ownerId, id, [0]);
    const collections = mongoCollectionStore(run);
    await collections.findMany(ownerId, [id]);
    await collections.page(ownerId, forward(10));
    await collections.summaries(ownerId, [id]);
    await collections.addDocuments(ownerId, id, [id], 10);
    await expectIndexed();
  });

  it('finds usage and quotas by index', async () => {
    const usage = mongoUsageStore(run);
    await usage.ofOwner(ownerId, '2026-01-01', '2026-01-31');
    await usage.ofOwners([ownerId, id], '2026-01-01', '2026-01-31');
    await usage.lastDaysOf([ownerId, id]);
    await usage.quotasOf([ownerId, id]);
    await expectIndexed();
  });

  it.each<[string, Partial<AuditFilter>]>([
    ['all', {}],
    ['one action', { actions: ['SIGN_IN'] }],
    ['one user', { username: 'eve' }],
    ['one target', { target: 'm' }],
    ['rejected actions', { refusedOnly: true }],
    ['a time', { from: new Date(1), to: new Date(2) }],
  ])('reads the audit log of %s in index order', async (_, filter) => {
    const store = mongoAuditStore(run);
    await store.page({ ...everyAuditEntry, ...filter }, forward(10, id));
    await store.pageOfUser(ownerId, forward(10));
    await store.chainAfter(5, 10);
    await expectIndexed();
  });

  it('is detected if it has a query without an index', () => {
    const unindexed = [
      { collection: 'conversations', filter: { title: 'x' }, sort: {} },
      { collection: 'conversations', filter: { ownerId }, sort: { activity: -1 } },
      {
        collection: 'messages',
        filter: { conversationId: id, parentId: null },
        sort: { createdAt: 1, _id: -1 },
      },
      { collection: 'generations', filter: { status: { $gt: 'Q' } }, sort: { createdAt: 1 } },
    ] as const;
    expect(unindexed.map((query) => isIndexed({ command: {}, ...query }))).toEqual(Array(4).fill(false));
  });
});
