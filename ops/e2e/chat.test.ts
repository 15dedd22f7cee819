import { describeConversations } from './chat.conversations.contract.ts';
import { type Client, canContinueText, type GenerationEvent, signIn } from './harness/client.ts';
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

  describeConversations(() => ({ admin, member }));

  it('streams an answer to "What is 2+2?", and stores it', async () => {
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

  it('remembers the conversation: a second prompt follows the first', async () => {
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

  it('continues when its reader disconnects, and sends the rest to a reader that reconnects', async () => {
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

  it('streams over SSE like over sockets', async () => {
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

  it('stops when it is cancelled, and keeps the text so far', async () => {
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

  it('continues a cancelled answer from its text, if the model can', async () => {
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
    if (await canContinueText(admin)) {
      expect(after.text.startsWith(before.text)).toBe(true);
      expect(after.text.length).toBeGreaterThan(before.text.length);
    } else expect(after.text.length).toBeGreaterThan(0);
  }, 90_000);

  it('makes an answer match a JSON Schema', async () => {
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
