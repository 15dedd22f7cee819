import { newAttachment } from '../attachments/attachments.testing.ts';
import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import { silent } from '../redis/server.testing.ts';
import { createMemoryAdapters } from '../replicas/shared.memory.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { newConversation, newGeneration, newId, newMessage, write } from '../stores/stores.contract.ts';
import { deleteExpiredConversations } from './retention.ts';

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
const old = { createdAt: daysAgo(41), updatedAt: daysAgo(40) };

interface AuditedEvent {
  readonly action: string;
  readonly outcome: string;
  readonly target: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly count: number;
}

/** Resolves once `check` returns true. */
const until = async (check: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await check()); tries += 1) {
    if (tries > 500) throw new Error('the condition is still false');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

const auditLogOf = async (app: TestApp, action: string): Promise<readonly AuditedEvent[]> => {
  const { data } = await app.graphql<{ auditLog: { edges: { node: AuditedEvent }[] } }>(
    `{ auditLog(first: 50, filter: { actions: [${action}] }) {
      edges { node { action outcome target details count } } } }`,
  );
  return (data?.auditLog.edges ?? []).map(({ node }) => node);
};

describe('CONVERSATION_DAYS', () => {
  it('deletes old conversations of the roles with a limit in batches, except held ones, and records it first', async () => {
    const stores = await openTemporaryStores();
    const addUser = async (username: string, role: 'ADMIN' | 'MEMBER') => {
      const user = {
        id: newId(),
        username,
        role,
        status: 'ACTIVE' as const,
        passwordHash: 'x',
        identity: null,
        createdAt: daysAgo(50),
      };
      await stores.accounts.insertUser(user);
      return user;
    };
    const member = await addUser('member', 'MEMBER');
    const admin = await addUser('boss', 'ADMIN');
    const insert = async (ownerId: string, given = {}) => {
      const conversation = newConversation({ ownerId, ...old, ...given });
      await stores.conversations.insert(conversation);
      return conversation.id;
    };
    const expired: string[] = [];
    for (let at = 0; at < 205; at += 1)
      expired.push(await insert(member.id, { pinned: at === 0, archived: at === 1 }));
    const held = await insert(member.id);
    const answering = newConversation({ ownerId: member.id, ...old });
    const turn = {
      id: newId(),
      leafId: null,
      generationId: newId(),
      questionId: null,
      answerId: newId(),
      isNew: false,
      startedAt: new Date(),
    };
    await stores.conversations.insert(answering, turn);
    const continued = newConversation({ ownerId: member.id, ...old });
    await stores.conversations.insert(continued);
    await stores.generations.insert(newGeneration(continued));
    const kept = [held, answering.id, continued.id, await insert(member.id, { updatedAt: daysAgo(29) })];
    const ofAdmin = await insert(admin.id);
    await stores.holds.insert(
      {
        id: newId(),
        ownerId: member.id,
        conversationId: held,
        reason: 'r',
        placedBy: 'boss',
        createdAt: new Date(),
      },
      9,
    );
    const recorded: { ids: readonly string[]; stored: number }[] = [];
    const countStored = async () =>
      (await stores.conversations.findMany(member.id, [...expired, ...kept])).filter(Boolean).length;
    const deleted = await deleteExpiredConversations(
      {
        conversations: stores.conversations,
        attachments: { fileKeysOfConversation: async () => [], deleteUnusedFiles: async () => {} },
        cancelUnfinished: async () => {},
        days: { ADMIN: null, MEMBER: 30, VIEWER: null },
        usersAfter: async (after) =>
          (
            await stores.accounts.pageOfUsers(
              { direction: 'forward', size: 1, after: after?.toLowerCase() ?? null, before: null },
              null,
            )
          ).items,
        isHeld: async (ownerId, id) =>
          (await stores.holds.ofOwner(ownerId)).some(({ conversationId }) => conversationId === id),
        isAnswering: async (ownerId, id) =>
          (await stores.generations.unfinishedOfConversation(ownerId, id)).length > 0,
        record: async ({ conversationIds }) => {
          recorded.push({ ids: conversationIds, stored: await countStored() });
        },
        bus: createMemoryBus(),
        clock: () => new Date(),
        log: silent,
      },
      new AbortController().signal,
    );
    expect(deleted).toBe(205);
    expect(recorded.flatMap(({ ids }) => ids).toSorted()).toEqual(expired.toSorted());
    expect(recorded.map(({ ids }) => ids.length).every((count) => count <= 100)).toBe(true);
    expect(recorded[0]?.stored).toBe(209);
    expect((await stores.conversations.findMany(member.id, kept)).every(Boolean)).toBe(true);
    expect(await stores.conversations.find(admin.id, ofAdmin)).not.toBeNull();
    await stores.close();
  });

  it('runs in the server, and leaves proof in the audit log', async () => {
    const app = await startTestApp();
    const adminId = (await app.stores.accounts.findUserByName('admin'))?.id ?? '';
    const conversation = newConversation({ ownerId: adminId, ...old });
    await app.stores.conversations.insert(conversation);
    await write(app.stores, newMessage(conversation, { content: 'old' }));
    const expired = [conversation.id];
    while (expired.length < 100) {
      const another = newConversation({ ownerId: adminId, ...old });
      await app.stores.conversations.insert(another);
      expired.push(another.id);
    }
    // Another replica on the same stores, which has the variable.
    const adapters = createMemoryAdapters({ cacheMs: 60_000 });
    const again = await startTestApp({
      env: { CONVERSATION_DAYS: 'ADMIN=30' },
      shared: { stores: { ...app.stores, close: async () => {} }, adapters },
    });
    await until(async () =>
      (await app.stores.conversations.findMany(adminId, expired)).every((found) => found === null),
    );
    const events = await auditLogOf(again, 'CONVERSATIONS_EXPIRED');
    expect(events).toEqual([
      expect.objectContaining({
        outcome: 'OK',
        target: 'admin',
        count: 100,
        details: expect.objectContaining({ days: 30, role: 'ADMIN' }),
      }),
    ]);
    expect(String(events[0]?.details.conversationIds).split(' ').toSorted()).toEqual(expired.toSorted());
    await again.stop();
    await app.stop();
  });
});

describe('a legal hold', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');
  const place = async (userId: string, conversationId: string | null = null) => {
    const { data, errors } = await app.graphql<{ placeLegalHold: { legalHold: { id: string } } }>(
      `mutation ($userId: ID!, $conversationId: ID) {
        placeLegalHold(input: { userId: $userId, conversationId: $conversationId, reason: " Case 7 " }) {
          legalHold { id } } }`,
      { userId, conversationId },
    );
    expect(errors).toBeUndefined();
    return data?.placeLegalHold.legalHold.id ?? '';
  };
  const release = (id: string) =>
    app.graphql('mutation ($id: ID!) { releaseLegalHold(input: { id: $id }) { deletedLegalHoldId } }', {
      id,
    });
  const localId = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] ?? '';
  const codeOf = async (answer: ReturnType<TestApp['graphql']>) => {
    const { errors } = await answer;
    return errors?.[0]?.extensions.code ?? 'OK';
  };
  const remove = (id: string, token: string) =>
    codeOf(
      app.graphql(
        'mutation ($id: ID!) { deleteConversation(input: { id: $id }) { deletedConversationId } }',
        { id: globalId('Conversation', id) },
        token,
      ),
    );

  it('on a conversation keeps it and its account until it is released, with proof in the audit log', async () => {
    const { id: userId, token } = await app.signUp('held-one');
    const ownerId = localId(userId);
    const [held, free] = [newConversation({ ownerId }), newConversation({ ownerId })];
    for (const conversation of [held, free]) await app.stores.conversations.insert(conversation);
    const attached = newAttachment({ ownerId, conversationId: held.id });
    await app.stores.attachments.insert(attached, '');
    const hold = await place(userId, globalId('Conversation', held.id));

    expect(await remove(held.id, token)).toBe('CONFLICT');
    expect(await remove(free.id, token)).toBe('OK');
    const { errors } = await app.graphql(
      'mutation ($id: ID!) { deleteAttachment(input: { id: $id }) { __typename } }',
      { id: globalId('Attachment', attached.id) },
      token,
    );
    expect(errors?.[0]?.message).toMatch(/legal hold/);
    const deleteUser = () =>
      codeOf(
        app.graphql('mutation ($id: ID!) { deleteUser(input: { id: $id }) { __typename } }', { id: userId }),
      );
    expect(await deleteUser()).toBe('CONFLICT');
    expect(
      await codeOf(
        app.graphql(
          'mutation { deleteAccount(input: { password: "correct horse battery" }) { __typename } }',
          {},
          token,
        ),
      ),
    ).toBe('CONFLICT');
    expect((await app.stores.accounts.findUser(ownerId))?.status).toBe('ACTIVE');

    const { data } = await app.graphql<{ legalHolds: { edges: { node: object }[] } }>(
      '{ legalHolds(first: 1) { edges { node { id reason placedBy conversationId user { username } } } } }',
    );
    expect(data?.legalHolds.edges[0]?.node).toEqual({
      id: hold,
      reason: 'Case 7',
      placedBy: 'admin',
      conversationId: globalId('Conversation', held.id),
      user: { username: 'held-one' },
    });
    expect((await release(hold)).errors).toBeUndefined();
    expect(await codeOf(release(hold))).toBe('NOT_FOUND');
    expect(await remove(held.id, token)).toBe('OK');
    expect(await deleteUser()).toBe('OK');

    expect((await auditLogOf(app, 'PLACE_LEGAL_HOLD'))[0]).toMatchObject({
      outcome: 'OK',
      target: 'held-one',
      details: { conversationId: globalId('Conversation', held.id), holdId: localId(hold) },
    });
    const releases = await auditLogOf(app, 'RELEASE_LEGAL_HOLD');
    expect(releases.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['OK', 'NOT_FOUND']));
    const outcomes = async (action: string) => (await auditLogOf(app, action)).map(({ outcome }) => outcome);
    expect(await outcomes('DELETE_CONVERSATION')).toEqual(expect.arrayContaining(['CONFLICT', 'OK']));
    expect(await outcomes('DELETE_ACCOUNT')).toEqual(['CONFLICT']);
    expect((await outcomes('DELETE_USER')).toSorted()).toEqual(['CONFLICT', 'OK']);
  });

  it('on a user keeps all conversations, unsent files and presets', async () => {
    const { id: userId, token } = await app.signUp('held-two');
    const ownerId = localId(userId);
    const conversation = newConversation({ ownerId });
    await app.stores.conversations.insert(conversation);
    const { data } = await app.graphql<{ createPreset: { preset: { id: string } } }>(
      'mutation { createPreset(input: { definition: { name: "mine", title: "Mine", template: "x" } }) { preset { id } } }',
      {},
      token,
    );
    const hold = await place(userId);
    expect(await remove(conversation.id, token)).toBe('CONFLICT');
    const deletePreset = () =>
      codeOf(
        app.graphql(
          'mutation ($id: ID!) { deletePreset(input: { id: $id }) { __typename } }',
          { id: data?.createPreset.preset.id },
          token,
        ),
      );
    expect(await deletePreset()).toBe('CONFLICT');
    await release(hold);
    expect(await deletePreset()).toBe('OK');
    expect(await remove(conversation.id, token)).toBe('OK');
  });

  it('is only for administrators, and only on a user and their own conversation', async () => {
    const { id: userId, token } = await app.signUp('held-three');
    const placing =
      'mutation ($userId: ID!, $conversationId: ID, $reason: String!) { placeLegalHold(input: { userId: $userId, conversationId: $conversationId, reason: $reason }) { __typename } }';
    const asked = { userId, reason: 'r' };
    expect(await codeOf(app.graphql(placing, asked, token))).toBe('FORBIDDEN');
    expect(await codeOf(app.graphql('{ legalHolds(first: 1) { edges { node { id } } } }', {}, token))).toBe(
      'FORBIDDEN',
    );
    expect(await codeOf(app.graphql(placing, { ...asked, reason: ' ' }))).toBe('BAD_USER_INPUT');
    expect(await codeOf(app.graphql(placing, { ...asked, reason: 'x'.repeat(501) }))).toBe('BAD_USER_INPUT');
    const foreign = newConversation();
    await app.stores.conversations.insert(foreign);
    const conversationId = globalId('Conversation', foreign.id);
    expect(await codeOf(app.graphql(placing, { ...asked, conversationId }))).toBe('NOT_FOUND');
  });

  it('on a user keeps folders and defaults too', async () => {
    const { id: userId, token } = await app.signUp('held-five');
    const { data } = await app.graphql<{ createFolder: { folder: { id: string } } }>(
      'mutation { createFolder(input: { name: "F" }) { folder { id } } }',
      {},
      token,
    );
    const set = (input: object) =>
      codeOf(
        app.graphql(
          'mutation ($input: SetAnswerDefaultsInput!) { setAnswerDefaults(input: $input) { __typename } }',
          { input },
          token,
        ),
      );
    expect(await set({ systemPrompt: 'All.' })).toBe('OK');
    const deleteFolder = () =>
      codeOf(
        app.graphql(
          'mutation ($id: ID!) { deleteFolder(input: { id: $id }) { __typename } }',
          { id: data?.createFolder.folder.id },
          token,
        ),
      );
    const hold = await place(userId);
    expect([await deleteFolder(), await set({})]).toEqual(['CONFLICT', 'CONFLICT']);
    await release(hold);
    expect([await deleteFolder(), await set({})]).toEqual(['OK', 'OK']);
  });

  it('has its whole reason in the audit log', async () => {
    const { id: userId } = await app.signUp('held-six');
    const reason = 'x'.repeat(500);
    await app.graphql(
      'mutation ($userId: ID!, $reason: String!) { placeLegalHold(input: { userId: $userId, reason: $reason }) { __typename } }',
      { userId, reason },
    );
    const placed = await auditLogOf(app, 'PLACE_LEGAL_HOLD');
    expect(placed.find(({ target }) => target === 'held-six')?.details.reason).toBe(reason);
  });

  it('is limited to 100 per user', async () => {
    const { id: userId } = await app.signUp('held-four');
    for (let count = 0; count < 100; count += 1) await place(userId);
    const { errors } = await app.graphql(
      'mutation ($userId: ID!) { placeLegalHold(input: { userId: $userId, reason: "r" }) { __typename } }',
      { userId },
    );
    expect(errors?.[0]?.extensions.code).toBe('CONFLICT');
  });
});
