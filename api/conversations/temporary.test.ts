import { pino } from 'pino';
import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { eventually } from '../process/eventually.testing.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import type { Conversation } from './conversation.ts';
import { deleteExpiredTemporary } from './temporary.ts';

interface Shown {
  readonly id: string;
  readonly title: string;
  readonly temporary: boolean;
  readonly expiresAt: string | null;
}

const fields = 'id title temporary expiresAt';
const secret = 'a whispered question';

describe('temporary conversations on a running server', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { AUDIT_CONTENT: 'on' } });
  });
  afterAll(() => app.stop());

  const run = async (mutation: string, input: object, selection: string, token = app.token) => {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`;
    const { data, errors } = await app.graphql<
      Record<string, { conversation: Shown; generation: { id: string } } | null>
    >(query, { input }, token);
    return { ...data?.[mutation], code: errors?.[0]?.extensions.code, error: errors?.[0]?.message };
  };
  const generate = (input: object, token?: string) =>
    run('generate', { prompt: secret, ...input }, `conversation { ${fields} } generation { id }`, token);
  const update = (input: object, token?: string) =>
    run('updateConversation', input, `conversation { ${fields} }`, token);
  const begin = async (token?: string) => {
    app.standin.play({ tokens: ['a whispered answer'] });
    const { conversation, generation, error } = await generate({ temporary: true }, token);
    if (!conversation || !generation) throw new Error(error);
    const status = async () => {
      const query = 'query ($id: ID!) { node(id: $id) { ... on Generation { status } } }';
      const { data } = await app.graphql<{ node: { status: string } }>(query, { id: generation.id }, token);
      return data?.node.status;
    };
    await eventually(status, (is) => is === 'COMPLETED');
    return conversation;
  };
  const read = async (query: string, variables: object = {}, token?: string) =>
    JSON.stringify((await app.graphql(query, variables, token)).data);
  const storedOf = async (): Promise<Conversation> => {
    const generation = await app.lastGeneration();
    const found = await app.stores.conversations.find(
      generation?.ownerId ?? '',
      generation?.conversationId ?? '',
    );
    if (!found) throw new Error('the last generation has no conversation');
    return found;
  };
  const sweep = (now: Date) =>
    deleteExpiredTemporary(
      {
        conversations: app.stores.conversations,
        isHeld: async () => false,
        cancelUnfinished: async () => {},
        attachments: { fileKeysOfConversation: async () => [], deleteUnusedFiles: async () => {} },
        bus: createMemoryBus(),
        clock: () => now,
        log: pino({ level: 'silent' }),
      },
      new AbortController().signal,
    );

  it('are read by id, and are in no list, search, export, or text of the audit log', async () => {
    const { token } = await app.signUp('whisperer');
    const { id, title, temporary } = await begin(token);
    expect([title, temporary]).toEqual(['Temporary chat', true]);
    const node =
      'query ($id: ID!) { node(id: $id) { ... on Conversation { messages(first: 5) { edges { node { content } } } } } }';
    expect(await read(node, { id }, token)).toContain(secret);
    const lists = `{ conversations(first: 9) { edges { node { id } } } archived: conversations(first: 9, archived: true) { edges { node { id } } }
      found: conversations(first: 9, search: "whispered") { edges { node { id } } }
      searchMessages(words: "whispered", first: 9) { edges { cursor } } }`;
    expect(await read(lists, {}, token)).not.toContain('"node":{"id"');
    expect(await read(lists, {}, token)).not.toContain('cursor');
    const exported = await fetch(`${app.url}/api/account/export`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const text = await exported.text();
    expect(exported.status).toBe(200);
    expect(text).not.toContain('whispered');
    expect(JSON.parse(text).generations).toEqual([]);
    await generate({ conversationId: id, prompt: 'whispered again' }, token);
    await generate({ conversationId: id, prompt: 'whispered badly', parentId: 'none' }, token);
    app.standin.play({ tokens: ['Loud.'] });
    await generate({ prompt: 'Spoken aloud' }, token);
    const log = () => read('{ auditLog(first: 50) { edges { node { action details } } } }');
    await eventually(log, (written) => written.includes('Spoken aloud'));
    expect(await log()).not.toContain('whispered');
  });

  it('can be shared, filed and made of others by nobody', async () => {
    const { id } = await begin();
    expect((await run('shareConversation', { conversationId: id }, 'path')).code).toBe('BAD_USER_INPUT');
    expect((await generate({ conversationId: id, temporary: true })).code).toBe('BAD_USER_INPUT');
    const kept = await generate({ prompt: 'Kept' });
    expect((await update({ id: kept.conversation?.id, temporary: true })).code).toBe('BAD_USER_INPUT');
    expect((await update({ id: kept.conversation?.id, expiresIn: 60 })).code).toBe('BAD_USER_INPUT');
    expect((await update({ id: kept.conversation?.id, temporary: false })).conversation?.title).toBe('Kept');
    expect((await update({ id, expiresIn: 3601 })).code).toBe('BAD_USER_INPUT');
    expect((await update({ id, expiresIn: 60, temporary: false })).code).toBe('BAD_USER_INPUT');
    const { token } = await app.signUp('mallory');
    for (const input of [{ temporary: false }, { expiresIn: 60 }]) {
      expect((await update({ id, ...input }, token)).code).toBe('NOT_FOUND');
    }
  });

  it('are kept with a title by their first prompt', async () => {
    const { id } = await begin();
    const { conversation } = await update({ id, temporary: false });
    expect(conversation).toEqual({ id, title: secret, temporary: false, expiresAt: null });
    expect(await read('{ conversations(first: 50) { edges { node { id } } } }')).toContain(id);
    expect(await storedOf()).toMatchObject({ autoTitled: true });
  });

  it('are deleted when their time is over, which each prompt and renewal extends', async () => {
    const { id, expiresAt } = await begin();
    const stored = await storedOf();
    expect(new Date(expiresAt ?? '')).toEqual(stored.expiresAt);
    const soon = (await update({ id, expiresIn: 5 })).conversation?.expiresAt ?? '';
    expect(soon < (expiresAt ?? '')).toBe(true);
    await generate({ conversationId: id, prompt: 'Still there?' });
    const renewed = (await storedOf()).expiresAt ?? new Date(0);
    expect(renewed.getTime()).toBeGreaterThan(Date.parse(soon));
    await sweep(new Date(renewed.getTime() - 1));
    expect(await app.stores.conversations.find(stored.ownerId, stored.id)).not.toBeNull();
    expect(await sweep(renewed)).toBeGreaterThan(0);
    expect(await app.stores.conversations.find(stored.ownerId, stored.id)).toBeNull();
  });

  it('stay under a legal hold on their owner', async () => {
    const user = await app.signUp('held');
    const { id } = await begin(user.token);
    await run('placeLegalHold', { userId: user.id, reason: 'Case 7' }, 'legalHold { id }');
    expect((await run('deleteConversation', { id }, 'deletedConversationId', user.token)).code).toBe(
      'CONFLICT',
    );
    const { ownerId, id: storedId } = await storedOf();
    await sweep(new Date(Date.now() + 2 * 60 * 60_000));
    expect(await app.stores.conversations.find(ownerId, storedId)).not.toBeNull();
  });

  it('are deleted with their owner’s account', async () => {
    const user = await app.signUp('leaver');
    await begin(user.token);
    const { ownerId, id } = await storedOf();
    await run('deleteUser', { id: user.id }, 'deletedUserId');
    await eventually(
      () => app.stores.conversations.find(ownerId, id),
      (found) => found === null,
    );
  });
});
