import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { createFairScheduler } from '../process/fairScheduler.ts';
import { createIds } from '../process/ids.ts';
import { iterationsOf } from '../process/iterations.testing.ts';
import { createMemoryBus } from '../realtime/bus.memory.ts';
import { silent } from '../redis/server.testing.ts';
import { createImports } from './service.ts';

const call = `mutation ($input: ImportConversationInput!) {
  importConversation(input: $input) { existed conversation { id title messages(first: 9) { edges { node { role content } } } } }
}`;

interface Imported {
  readonly importConversation: {
    readonly existed: boolean;
    readonly conversation: {
      readonly id: string;
      readonly messages: { readonly edges: readonly { readonly node: { readonly content: string } }[] };
    };
  };
}

const at = '2024-03-01T10:00:00.000Z';
const message = (key: string, parentKey: string | null, content: string, role = 'USER') => ({
  key,
  parentKey,
  role,
  content,
  createdAt: at,
});
const input = {
  sourceKey: 'chatgpt:1',
  title: 'Imported',
  createdAt: at,
  updatedAt: at,
  messages: [message('1', null, 'Zebra?'), message('2', '1', 'Yes.', 'ASSISTANT')],
};

describe('an import', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const send = (changes: object = {}, token?: string) =>
    app.graphql<Imported>(call, { input: { ...input, ...changes } }, token);
  const imports = (maxMessages: number) =>
    createImports({
      ...app.stores,
      folders: { named: () => Promise.reject(new Error('no folder')) },
      storageQuotas: { withReservation: (_user, _bytes, write) => write(), checkRate: async () => {} },
      turns: createFairScheduler(),
      bus: createMemoryBus(),
      ids: createIds(),
      clock: () => new Date(),
      log: silent,
      maxMessages,
    });

  it('lets other work run between two messages', async () => {
    await app.signUp('importer-of-many');
    const user = await app.stores.accounts.findUserByName('importer-of-many');
    if (!user) throw new Error('no user');
    const date = new Date(at);
    const messages = Array.from({ length: 50 }, (_, index) => ({
      key: String(index),
      parentKey: null,
      role: 'USER' as const,
      content: `Word ${index}`,
      createdAt: date,
    }));
    const given = {
      sourceKey: 'large:1',
      title: 'Large',
      systemPrompt: null,
      tags: [],
      folder: null,
      createdAt: date,
      updatedAt: date,
      messages,
      leafKey: null,
    };
    const viewer = { user, sessionId: null, apiKey: null, expiresAt: null };
    const { add } = imports(60);
    expect(await iterationsOf(() => add(viewer, given))).toBeGreaterThanOrEqual(messages.length);
    // A repeated call adds nothing; ten of these are new.
    await add(viewer, given);
    const later = messages.map((each, index) => ({ ...each, key: String(index + 10) }));
    await add(viewer, { ...given, messages: later });
    await expect(
      add(viewer, { ...given, messages: later.map((each) => ({ ...each, key: `more ${each.key}` })) }),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('60 messages') });
  });

  it('counts each call as a write, until the conversation is complete', async () => {
    const limited = await startTestApp({ env: { WRITE_LIMIT: '3/1m' } });
    try {
      const variables = { input: { ...input, leafKey: null }, last: { ...input, leafKey: '2' } };
      const document = `mutation (
        $input: ImportConversationInput!, $last: ImportConversationInput!, $other: ImportConversationInput!
      ) {
        a: importConversation(input: $input) { existed }
        b: importConversation(input: $input) { existed }
        c: importConversation(input: $last) { existed }
        d: importConversation(input: $last) { existed }
        e: importConversation(input: $other) { existed }
      }`;
      const other = { ...input, sourceKey: 'chatgpt:2' };
      const { data, errors } = await limited.graphql(document, { ...variables, other });
      const [added, existed] = [{ existed: false }, { existed: true }];
      expect(data).toEqual({ a: added, b: added, c: added, d: existed, e: null });
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['RATE_LIMITED']);
    } finally {
      await limited.stop();
    }
  });

  const known = async (token?: string) => {
    const query = '{ importedConversations(sourceKeys: ["chatgpt:1", "chatgpt:none"]) }';
    return (await app.graphql<{ importedConversations: string[] }>(query, {}, token)).data
      ?.importedConversations;
  };

  it('keeps the dates, but none in the future', async () => {
    const { token } = await app.signUp('importer-of-dates');
    const id = async (sourceKey: string, updatedAt: string) => {
      const sent = await send({ sourceKey, createdAt: updatedAt, updatedAt, leafKey: '2' }, token);
      return sent.data?.importConversation.conversation.id;
    };
    const query = 'query ($id: ID!) { node(id: $id) { ... on Conversation { createdAt updatedAt } } }';
    const datesOf = async (sourceKey: string, updatedAt: string) => {
      const { data } = await app.graphql<{ node: { createdAt: string; updatedAt: string } }>(
        query,
        { id: await id(sourceKey, updatedAt) },
        token,
      );
      return [data?.node.createdAt ?? '', data?.node.updatedAt ?? ''];
    };
    expect(await datesOf('old:1', at)).toEqual([at, at]);
    const now = new Date(Date.now() + 60_000).toISOString();
    for (const date of await datesOf('future:1', '2999-01-01T00:00:00.000Z')) expect(date < now).toBe(true);
  });

  it('takes several calls, can be repeated, and exists once', async () => {
    const first = await send();
    expect(first.data?.importConversation.existed).toBe(false);
    expect(await known()).toEqual([]);
    await send();
    const version = message('2b', '1', 'No.', 'ASSISTANT');
    const last = await send({ messages: [version, message('3', '2', 'Sure?')], leafKey: '3' });
    const contents = last.data?.importConversation.conversation.messages.edges.map(
      ({ node }) => node.content,
    );
    expect(contents).toEqual(['Zebra?', 'Yes.', 'Sure?']);
    expect(await known()).toEqual(['chatgpt:1']);
    const again = await send({ title: 'Another', leafKey: '2' });
    expect(again.data?.importConversation).toMatchObject({
      existed: true,
      conversation: { title: 'Imported' },
    });
    const found = await app.graphql<{ searchMessages: { edges: unknown[] } }>(
      '{ searchMessages(words: "zebra", first: 5) { edges { cursor } } }',
    );
    expect(found.data?.searchMessages.edges).toHaveLength(1);
    const { data } = await app.graphql<{ conversations: { edges: { node: { updatedAt: string } }[] } }>(
      '{ conversations(first: 5) { edges { node { updatedAt } } } }',
    );
    expect(data?.conversations.edges).toEqual([{ node: { updatedAt: at } }]);
  });

  it('is of its user, and can be repeated after a deletion', async () => {
    const ada = await app.signUp('ada');
    expect(await known(ada.token)).toEqual([]);
    const hers = await send({ leafKey: '2' }, ada.token);
    expect(hers.data?.importConversation.existed).toBe(false);
    const remove = 'mutation ($id: ID!) { deleteConversation(input: { id: $id }) { clientMutationId } }';
    await app.graphql(remove, { id: hers.data?.importConversation.conversation.id }, ada.token);
    expect(await known(ada.token)).toEqual([]);
    expect((await send({ leafKey: '2' }, ada.token)).data?.importConversation.existed).toBe(false);
  });

  it.each([
    ['an unknown parent', { messages: [message('9', 'none', 'x')] }, 'messages[0].parentKey is no key'],
    ['an unknown leaf', { leafKey: 'none' }, 'leafKey is no key'],
    ['a blank title', { title: ' ' }, 'title is blank'],
    ['a blank tag', { tags: [' '] }, 'tags takes up to'],
    [
      'too many messages',
      { messages: Array.from({ length: 101 }, (_, i) => message(`${i}`, null, 'x')) },
      '100',
    ],
  ])('rejects %s', async (_name, changes, text) => {
    const { errors } = await send({ sourceKey: `bad:${text}`, ...changes });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(text),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('needs the permission to write', async () => {
    const vera = await app.signUp('vera', 'VIEWER');
    expect((await send({}, vera.token)).errors?.[0]?.message).toContain('read-only');
  });
});
