import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteAccountStore } from '../accounts/store/store.sqlite.ts';
import { sqliteApiKeyStore } from '../apiKeys/store.sqlite.ts';
import { sqlitePassageStore } from '../attachments/passages/store/store.sqlite.ts';
import { sqliteAttachmentStore } from '../attachments/store/store.sqlite.ts';
import { type AuditFilter, everyAuditEntry } from '../audit/auditEvent.ts';
import { sqliteAuditStore } from '../audit/store/store.sqlite.ts';
import { sqliteCollectionStore } from '../collections/store/store.sqlite.ts';
import type { ConversationFilter, ConversationKey } from '../conversations/conversation.ts';
import { sqliteConversationStore } from '../conversations/store/store.sqlite.ts';
import { sqliteGenerationStore } from '../generations/store/store.sqlite.ts';
import { sqliteMessageStore } from '../messages/store.sqlite.ts';
import type { PageRequest } from '../paging/pages.ts';
import { backward, forward, newConversation, newMessage, write } from '../stores/stores.contract.ts';
import { openSqliteStores } from '../stores/stores.sqlite.ts';
import { sqliteUsageStore } from '../usage/store/store.sqlite.ts';
import type { Columns, Row } from './columns.ts';
import { Database, openConnection } from './database.ts';

/** Records the query plan of each query. */
class ExplainingDatabase extends Database {
  readonly plans: string[] = [];

  override get(sql: string, params: Columns = {}): Row | null {
    this.#explain(sql, params);
    return super.get(sql, params);
  }

  override allWithin(...[sql, params = {}, length]: Parameters<Database['allWithin']>) {
    this.#explain(sql, params);
    return super.allWithin(sql, params, length);
  }

  override all(sql: string, params: Columns = {}): Row[] {
    this.#explain(sql, params);
    return super.all(sql, params);
  }

  #explain(sql: string, params: Columns): void {
    const steps = this.connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(params);
    this.plans.push(...steps.map(({ detail }) => String(detail)));
  }
}

describe('SQLite', () => {
  const conversation = newConversation({ tags: ['t'] });
  const { ownerId, id } = conversation;
  let dataDir: string;
  let database: ExplainingDatabase;
  let leafId = '';
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'ziggie-'));
    const stores = openSqliteStores({ dataDir });
    await stores.conversations.insert(conversation);
    const root = await write(stores, newMessage(conversation));
    for (let fork = 0; fork < 3; fork += 1) {
      leafId = (await write(stores, newMessage(conversation, { parentId: root.id }))).id;
    }
    await stores.close();
    database = new ExplainingDatabase(openConnection(join(dataDir, 'ziggie.sqlite')));
  });
  beforeEach(() => {
    database.plans.length = 0;
  });
  afterAll(async () => {
    database.close();
    await rm(dataDir, { recursive: true });
  });

  /** Checks that no plan scans a table or index, or sorts. JSON arrays of the request may be scanned. */
  const expectRanges = () => {
    expect(database.plans).not.toEqual([]);
    const slow = /\bSCAN (?!json_each|CONSTANT ROW)|TEMP B-TREE|AUTOMATIC/;
    expect(database.plans.filter((step) => slow.test(step))).toEqual([]);
  };

  const key = { pinned: false, updatedAt: conversation.updatedAt, id };
  const everything: ConversationFilter = { archived: false, tag: null, search: null };

  it.each<[string, PageRequest<ConversationKey>]>([
    ['first', forward(10)],
    ['next', forward(10, key)],
    ['last', backward(10)],
    ['previous', backward(10, key)],
    ['enclosed', forward(10, key, key)],
  ])('reads the %s page of conversations as a range of an index', async (_, request) => {
    const store = sqliteConversationStore(database);
    await store.page(ownerId, request, everything);
    await store.page(ownerId, request, { ...everything, tag: 't' });
    for (const folderId of ['f', null]) await store.page(ownerId, request, { ...everything, folderId });
    expectRanges();
    expect(database.plans).toContainEqual(
      expect.stringMatching(
        /USING INDEX conversations_of_folder \(owner_id=\? AND folder_id=\? AND archived=\?/,
      ),
    );
    expect(database.plans).toContainEqual(
      expect.stringMatching(/USING INDEX conversations_in_order \(owner_id=\? AND archived=\?/),
    );
  });

  it('reads a path as ranges of branches', async () => {
    const { items } = await sqliteMessageStore(database).path(ownerId, leafId, backward(10));
    expect(items).toHaveLength(2);
    expectRanges();
    const range =
      'SEARCH messages USING INDEX sqlite_autoindex_messages_2 (branch_id=? AND depth>? AND depth<?)';
    expect(database.plans.filter((step) => step === range)).toHaveLength(2);
  });

  it('finds messages by their position in the tree by index', async () => {
    const store = sqliteMessageStore(database);
    await store.children(ownerId, id, null);
    await store.children(ownerId, id, leafId);
    await store.count(ownerId, id);
    await store.newestLeaf(ownerId, leafId);
    await store.findMany(ownerId, [leafId]);
    expectRanges();
  });

  it('finds unfinished generations without reading finished ones', async () => {
    const store = sqliteGenerationStore(database);
    await store.unfinishedAnyOwner();
    await store.activeAnyOwner(forward(10));
    const plan = expect.stringContaining('USING INDEX unfinished_generations');
    expect(database.plans).toEqual([plan, plan]);
  });

  it('finds open turns without reading other conversations', async () => {
    await sqliteConversationStore(database).openTurnsAnyOwner(new Date());
    expect(database.plans).toEqual([expect.stringContaining('USING INDEX conversations_with_turns')]);
  });

  it('reads a page of unfinished generations as a range of their index', async () => {
    const after = { createdAt: new Date(), id };
    const store = sqliteGenerationStore(database);
    await store.activeAnyOwner(forward(10, after));
    await store.activeAnyOwner(backward(10, after, after));
    expectRanges();
    const range = /^SEARCH generations USING (COVERING )?INDEX unfinished_generations \(/;
    expect(database.plans.filter((step) => !range.test(step))).toEqual([]);
  });

  it('reads documents of collections for a reader as ranges of indexes', async () => {
    const attachments = sqliteAttachmentStore(database);
    await attachments.findReadable(ownerId, [id]);
    await attachments.readableText(ownerId, id);
    await attachments.pageOfCollection(ownerId, id, forward(10));
    await attachments.unsentAnyOwner(new Date(), null);
    const passages = sqlitePassageStore(database);
    await passages.indexing(ownerId, [id]);
    await passages.searchableIn(ownerId, [id]);
    await passages.list(ownerId, id, 0, 10);
    await passages.findMany(ownerId, id, [0]);
    const collections = sqliteCollectionStore(database);
    await collections.findMany(ownerId, [id]);
    await collections.summaries(ownerId, [id]);
    await collections.addDocuments(ownerId, id, [id], 10);
    expectRanges();
    expect(database.plans.filter((step) => /attachments_of_owner/.test(step))).toEqual([]);
  });

  it('finds usage and quotas by index', async () => {
    const usage = sqliteUsageStore(database);
    await usage.ofOwner(ownerId, '2026-01-01', '2026-01-31');
    await usage.ofOwners([ownerId, id], '2026-01-01', '2026-01-31');
    await usage.lastDaysOf([ownerId, id]);
    await usage.quotasOf([ownerId, id]);
    expectRanges();
  });

  it.each<[string, Partial<AuditFilter>]>([
    ['all', {}],
    ['one action', { actions: ['SIGN_IN'] }],
    ['one user', { username: 'eve' }],
    ['one target', { target: 'm' }],
    ['rejected actions', { refusedOnly: true }],
    ['a time', { from: new Date(1), to: new Date(2) }],
  ])('reads the audit log of %s in index order', async (_, filter) => {
    const store = sqliteAuditStore(database);
    await store.page({ ...everyAuditEntry, ...filter }, forward(10, id));
    await store.pageOfUser(ownerId, forward(10));
    await store.chainAfter(5, 10);
    expectRanges();
  });

  it('finds generations and accounts by index', async () => {
    const generations = sqliteGenerationStore(database);
    await generations.findByIdempotencyKey(ownerId, 'k');
    await generations.usageOfConversation(ownerId, id);
    const accounts = sqliteAccountStore(database);
    await accounts.findUserByName('n');
    await accounts.findSession(id, new Date());
    await accounts.deleteSessionsOf(ownerId, null);
    await accounts.findUserByIdentity({ issuer: 'i', subject: 's' });
    await accounts.pageOfUsers(forward(10, 'n'), null);
    await accounts.pageOfSessions(ownerId, forward(10, { createdAt: new Date(), id }), new Date());
    await accounts.pageOfInvites(forward(10, { createdAt: new Date(), id }), new Date());
    await sqliteApiKeyStore(database).page(ownerId, forward(10, { createdAt: new Date(), id }));
    await sqliteApiKeyStore(database).pageAnyOwner(forward(10, { createdAt: new Date(), id }));
    await accounts.usersBeingDeleted();
    await accounts.findLink('s', new Date());
    await generations.pageOfOwner(ownerId, forward(10, { createdAt: new Date(), id }));
    await sqliteMessageStore(database).ofConversation(ownerId, id, leafId, 10);
    expectRanges();
  });
});
