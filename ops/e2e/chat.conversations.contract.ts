import type { Client } from './harness/client.ts';

const errorCode = async (client: Client, query: string, variables?: Readonly<Record<string, unknown>>) =>
  (await client.query(query, variables)).errors?.[0]?.extensions?.code;

/** Describes conversations, on the server that the suite of chatting has started. */
export function describeConversations(
  opened: () => { readonly admin: Client; readonly member: Client },
): void {
  it('creates one generation per idempotency key, also for concurrent requests', async () => {
    const { admin, member } = opened();
    const input = { prompt: 'Say hello.', idempotencyKey: 'once', options: { maxTokens: 8 } };
    const started = await Promise.all([admin.generate(input), admin.generate(input)]);
    started.push(await admin.generate(input));
    expect(new Set(started.map(({ generation }) => generation.id)).size).toBe(1);
    expect(new Set(started.map(({ userMessageEdge }) => userMessageEdge.node.id)).size).toBe(1);
    const { generation, conversation } = await member.generate(input);
    expect(generation.id).not.toBe(started[0]?.generation.id);
    expect(conversation.id).not.toBe(started[0]?.conversation.id);
    const clash =
      'mutation { generate(input: { prompt: "Another.", idempotencyKey: "once" }) { generation { id } } }';
    expect(await errorCode(admin, clash)).toBe('CONFLICT');
  }, 60_000);

  it('keeps versions: an edit and a regeneration are siblings, and each can be selected', async () => {
    const { admin } = opened();
    const options = { maxTokens: 12 };
    const first = await admin.generate({ prompt: 'Name a colour.', options });
    await admin.finished(first.generation.id);
    const userId = first.userMessageEdge.node.id;
    const answerId = first.assistantMessageEdge.node.id;
    const again = await admin.data<{ regenerate: { generation: { id: string } } }>(
      `mutation ($input: RegenerateInput!) { regenerate(input: $input) { generation { id } } }`,
      { input: { messageId: answerId, options: { ...options, seed: 7 } } },
    );
    await admin.finished(again.regenerate.generation.id);
    const edit = await admin.data<{ editMessage: { generation: { id: string } } }>(
      `mutation ($input: EditMessageInput!) { editMessage(input: $input) { generation { id } } }`,
      { input: { messageId: userId, content: 'Name an animal.', options } },
    );
    await admin.finished(edit.editMessage.generation.id);

    const shape = `messages { edges { node { content siblings { id } } } }`;
    const shown = await admin.data<{
      node: { messages: { edges: { node: { content: string; siblings: { id: string }[] } }[] } };
    }>(`query ($id: ID!) { node(id: $id) { ... on Conversation { ${shape} } } }`, {
      id: first.conversation.id,
    });
    const [question] = shown.node.messages.edges;
    expect(question?.node.content).toBe('Name an animal.');
    expect(question?.node.siblings).toHaveLength(2);

    const selected = await admin.data<{
      selectMessage: { conversation: { messages: { edges: { node: { id: string } }[] } } };
    }>(
      `mutation ($id: ID!) { selectMessage(input: { messageId: $id }) {
        conversation { messages { edges { node { id } } } }
      } }`,
      { id: answerId },
    );
    const path = selected.selectMessage.conversation.messages.edges.map(({ node }) => node.id);
    expect(path).toEqual([userId, answerId]);
  }, 90_000);

  it('notifies every open tab of the owner, and no other user', async () => {
    const { admin, member } = opened();
    const document = `subscription { conversationChanged {
      kind conversationId conversation { title } messageEdges { node { role content } }
    } }`;
    interface Change {
      readonly conversationChanged: { readonly kind: string; readonly conversationId: string };
    }
    const own = admin.subscribe<Change>(document);
    const foreign = member.subscribe<Change>(document);
    const ownFirst = own.next();
    const foreignFirst = foreign.next();
    // A response to a query on the same socket means that the earlier subscriptions are open.
    for (const client of [admin, member]) for await (const _ of client.subscribe('{ viewer { id } }'));
    const { conversation, generation } = await admin.generate({
      prompt: 'Say hi.',
      options: { maxTokens: 4 },
    });
    expect((await ownFirst).value).toMatchObject({
      conversationChanged: {
        kind: 'MESSAGES_ADDED',
        conversationId: conversation.id,
        conversation: { title: 'Say hi.' },
        messageEdges: [{ node: { role: 'USER', content: 'Say hi.' } }, { node: { role: 'ASSISTANT' } }],
      },
    });
    const foreigners = await member.generate({ prompt: 'Mine.', options: { maxTokens: 4 } });
    expect((await foreignFirst).value).toMatchObject({
      conversationChanged: { conversationId: foreigners.conversation.id },
    });
    await own.return?.();
    await foreign.return?.();
    await admin.finished(generation.id);
    await member.finished(foreigners.generation.id);
  }, 60_000);

  it('treats a foreign id as an absent one, in every field', async () => {
    const { admin, member } = opened();
    const { generation, conversation, userMessageEdge } = await admin.generate({
      prompt: 'A secret.',
      options: { maxTokens: 4 },
    });
    await admin.finished(generation.id);
    const { viewer } = await admin.data<{ viewer: { id: string } }>('{ viewer { id } }');
    const messageId = userMessageEdge.node.id;
    const id = '$id: ID!';
    for (const nodeId of [generation.id, conversation.id, messageId, viewer.id]) {
      const answer = await member.query<{ node: unknown; nodes: unknown[] }>(
        `query (${id}) { node(id: $id) { id } nodes(ids: [$id]) { id } }`,
        { id: nodeId },
      );
      expect(answer.data).toEqual({ node: null, nodes: [null] });
      expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    }
    const mutations: [string, string][] = [
      [
        `mutation (${id}) { generate(input: { prompt: "x", conversationId: $id }) { generation { id } } }`,
        conversation.id,
      ],
      [`mutation (${id}) { regenerate(input: { messageId: $id }) { generation { id } } }`, messageId],
      [
        `mutation (${id}) { editMessage(input: { messageId: $id, content: "x" }) { generation { id } } }`,
        messageId,
      ],
      [`mutation (${id}) { selectMessage(input: { messageId: $id }) { conversation { id } } }`, messageId],
      [`mutation (${id}) { cancelGeneration(input: { id: $id }) { generation { id } } }`, generation.id],
      [`mutation (${id}) { continueGeneration(input: { id: $id }) { generation { id } } }`, generation.id],
      [
        `mutation (${id}) { updateConversation(input: { id: $id, title: "x" }) { conversation { id } } }`,
        conversation.id,
      ],
      [
        `mutation (${id}) { deleteConversation(input: { id: $id }) { deletedConversationId } }`,
        conversation.id,
      ],
    ];
    for (const [mutation, foreignId] of mutations) {
      expect(await errorCode(member, mutation, { id: foreignId })).toBe('NOT_FOUND');
      expect(await errorCode(member, mutation, { id: 'malformed' })).toBe('NOT_FOUND');
      expect(await errorCode(member, mutation, { id: viewer.id })).toBe('NOT_FOUND');
    }
    await expect(member.watch(generation.id).next()).rejects.toThrow('NOT_FOUND');
  }, 60_000);

  it('explains invalid input, with the limits', async () => {
    const { admin } = opened();
    const generate = 'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }';
    const refused = async (input: Readonly<Record<string, unknown>>) =>
      (await admin.query(generate, { input })).errors?.[0];

    expect(await refused({ prompt: ' \n' })).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', field: 'prompt' },
    });
    const unknown = await refused({ prompt: 'Hi', model: 'no-such-model' });
    expect(unknown?.extensions).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      models: expect.arrayContaining([expect.stringContaining('smollm2')]),
    });
    expect(unknown?.message).toContain('smollm2');
    const large = await refused({ prompt: 'word '.repeat(60_000) });
    expect(large?.extensions).toMatchObject({
      code: 'PROMPT_TOO_LARGE',
      tokens: expect.any(Number),
      limit: expect.any(Number),
    });
    expect(await refused({ prompt: 'Hi', options: { temperature: 9 } })).toMatchObject({
      message: expect.stringContaining('0 to 2'),
    });
    expect(await errorCode(admin, '{ conversations(first: 101) { edges { cursor } } }')).toBe(
      'BAD_USER_INPUT',
    );
    expect(
      await errorCode(admin, '{ conversations(first: 1, after: "nonsense") { edges { cursor } } }'),
    ).toBe('BAD_USER_INPUT');
  });
}
