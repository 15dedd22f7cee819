import { type Client, type GenerationEvent, goesOn, signIn } from './harness/client.ts';
import { describeWithEngine } from './harness/engine.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, type ServerProcess, startServer } from './harness/process.ts';
import { addUser } from './harness/users.ts';

const story = 'Tell me a long story about a lighthouse keeper and the sea.';
const membersPassword = 'another-password-for-tests';

describeWithEngine('chatting over HTTP and sockets with a real model', () => {
  let folder: string;
  let server: ServerProcess;
  let admin: Client;
  let member: Client;

  beforeAll(async () => {
    folder = await makeFolder();
    await addUser(folder, 'mem', membersPassword);
    await addUser(folder, 'admin', adminPassword);
    server = await startServer({ dataDir: folder });
    [admin, member] = await Promise.all([
      signIn(server.url, 'admin', adminPassword),
      signIn(server.url, 'mem', membersPassword),
    ]);
  }, 90_000);

  afterAll(async () => {
    await admin?.close();
    await member?.close();
    await server?.stop();
    await removeFolder(folder);
  }, 60_000);

  const errorCode = async (query: string, variables?: Readonly<Record<string, unknown>>, client = admin) =>
    (await client.query(query, variables)).errors?.[0]?.extensions?.code;

  it('streams an answer to what is 2+2, and keeps it', async () => {
    const { generation, conversation } = await admin.generate({
      prompt: 'What is 2+2?',
      options: { temperature: 0 },
    });
    const events: GenerationEvent[] = [];
    for await (const event of admin.watch(generation.id)) events.push(event);
    const text = events.reduce((sofar, event) => sofar.slice(0, event.offset) + event.delta, '');
    expect(text).toContain('4');
    expect(events.filter(({ delta }) => delta !== '').length).toBeGreaterThan(3);
    expect(events.at(-1)).toMatchObject({ status: 'COMPLETED', cursor: text.length });

    const { node } = await admin.data<{ node: unknown }>(
      `query ($id: ID!) { node(id: $id) { ... on Conversation {
        title usage { promptTokens completionTokens }
        messages(last: 10) { edges { node { role content generation {
          status finishReason usage { promptTokens completionTokens timeToFirstToken duration tokensPerSecond }
        } } } }
      } } }`,
      { id: conversation.id },
    );
    expect(node).toMatchObject({
      title: 'What is 2+2?',
      messages: {
        edges: [
          { node: { role: 'USER', content: 'What is 2+2?', generation: null } },
          {
            node: {
              role: 'ASSISTANT',
              content: text,
              generation: {
                status: 'COMPLETED',
                finishReason: 'STOP',
                usage: { promptTokens: expect.any(Number), completionTokens: expect.any(Number) },
              },
            },
          },
        ],
      },
    });
  }, 60_000);

  it('remembers the conversation: a second prompt comes after the first', async () => {
    const options = { maxTokens: 24 };
    const first = await admin.generate({ prompt: 'My name is Zoe.', options });
    await admin.finished(first.generation.id);
    const second = await admin.generate({
      prompt: 'What is my name?',
      conversationId: first.conversation.id,
      options,
    });
    await admin.finished(second.generation.id);
    const { node } = await admin.data<{ node: { messages: { edges: { node: { role: string } }[] } } }>(
      'query ($id: ID!) { node(id: $id) { ... on Conversation { messages { edges { node { role } } } } } }',
      { id: first.conversation.id },
    );
    expect(node.messages.edges.map((edge) => edge.node.role)).toEqual([
      'USER',
      'ASSISTANT',
      'USER',
      'ASSISTANT',
    ]);
  }, 60_000);

  it('goes on when its reader leaves, and gives the rest to whoever comes back', async () => {
    const { generation } = await admin.generate({ prompt: story, options: { maxTokens: 80 } });
    let text = '';
    let cursor = 0;
    for await (const event of admin.watch(generation.id)) {
      text = text.slice(0, event.offset) + event.delta;
      cursor = event.cursor;
      if (text.length > 20) break;
    }
    const other = await signIn(server.url, 'admin', adminPassword);
    for await (const event of other.watch(generation.id, cursor)) {
      expect(event.offset).toBe(text.length);
      text += event.delta;
    }
    expect(await other.finished(generation.id)).toEqual({ text, status: 'COMPLETED' });
    await other.close();
  }, 60_000);

  it('streams over SSE as over sockets', async () => {
    const { generation } = await admin.generate({ prompt: story, options: { maxTokens: 40 } });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${admin.token}`,
      },
      body: JSON.stringify({
        query: 'subscription ($id: ID!) { generation(id: $id) { offset delta status } }',
        variables: { id: generation.id },
      }),
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const stream = await response.text();
    let text = '';
    for (const [, json = ''] of stream.matchAll(/^data: (\{.*\})$/gm)) {
      const event = JSON.parse(json).data.generation as GenerationEvent;
      text = text.slice(0, event.offset) + event.delta;
    }
    expect(stream).toContain('event: complete');
    expect(text).toBe((await admin.finished(generation.id)).text);
  }, 60_000);

  it('stops when it is cancelled, and keeps the text until then', async () => {
    const { generation } = await admin.generate({ prompt: story, options: { maxTokens: 2000 } });
    for await (const event of admin.watch(generation.id)) if (event.cursor > 0) break;
    const { cancelGeneration } = await admin.data<{
      cancelGeneration: { generation: { status: string; text: string; canContinue: boolean } };
    }>(
      `mutation ($id: ID!) { cancelGeneration(input: { id: $id }) {
        generation { status text canContinue }
      } }`,
      { id: generation.id },
    );
    const { status, text, canContinue } = cancelGeneration.generation;
    expect(status).toBe('CANCELLED');
    expect(text.length).toBeGreaterThan(0);
    expect(canContinue).toBe(true);
    expect(await admin.finished(generation.id)).toEqual({ text, status: 'CANCELLED' });
  }, 60_000);

  it('goes on from the text so far, where the model can, when a cancelled answer is continued', async () => {
    const { generation } = await admin.generate({ prompt: story, options: { maxTokens: 200 } });
    for await (const event of admin.watch(generation.id)) if (event.cursor > 40) break;
    await admin.data('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }', {
      id: generation.id,
    });
    const before = await admin.finished(generation.id);
    await admin.data(
      'mutation ($id: ID!) { continueGeneration(input: { id: $id }) { generation { status } } }',
      { id: generation.id },
    );
    const after = await admin.finished(generation.id);
    expect(after.status).toBe('COMPLETED');
    if (await goesOn(admin)) {
      expect(after.text.startsWith(before.text)).toBe(true);
      expect(after.text.length).toBeGreaterThan(before.text.length);
    } else expect(after.text.length).toBeGreaterThan(0);
  }, 90_000);

  it('makes one generation for one idempotency key, also when asked twice at once', async () => {
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
    expect(await errorCode(clash)).toBe('CONFLICT');
  }, 60_000);

  it('keeps versions: an edit and a regeneration are siblings, and any of them can be shown', async () => {
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

  it('tells every open tab of the owner, and nobody else', async () => {
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
    // The answer to a query on the same socket means that the subscriptions before it are open.
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

  it('answers a foreign id as an absent one, by every path', async () => {
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
      expect(await errorCode(mutation, { id: foreignId }, member)).toBe('NOT_FOUND');
      expect(await errorCode(mutation, { id: 'malformed' }, member)).toBe('NOT_FOUND');
      expect(await errorCode(mutation, { id: viewer.id }, member)).toBe('NOT_FOUND');
    }
    await expect(member.watch(generation.id).next()).rejects.toThrow('NOT_FOUND');
  }, 60_000);

  it('says what is wrong with bad input, with the numbers', async () => {
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
    expect(await errorCode('{ conversations(first: 101) { edges { cursor } } }')).toBe('BAD_USER_INPUT');
    expect(await errorCode('{ conversations(first: 1, after: "nonsense") { edges { cursor } } }')).toBe(
      'BAD_USER_INPUT',
    );
  });

  it('fits an answer to a JSON Schema', async () => {
    const { generation } = await admin.generate({
      prompt: 'Describe a cat as JSON with a name and an age.',
      format: {
        type: 'object',
        properties: { name: { type: 'string', maxLength: 20 }, age: { type: 'integer' } },
        required: ['name', 'age'],
      },
      options: { temperature: 0, maxTokens: 200 },
    });
    const { text } = await admin.finished(generation.id);
    expect(JSON.parse(text)).toEqual({ name: expect.any(String), age: expect.any(Number) });
  }, 60_000);
});
