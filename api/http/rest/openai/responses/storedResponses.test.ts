import type OpenAI from 'openai';
import { startTestApp, type TestApp } from '../../../testing/app.testing.ts';
import { clientOf, model } from '../openai.testing.ts';
import { responsesResponse } from './responsesShape.ts';

type Create = OpenAI.Responses.ResponseCreateParamsNonStreaming;

const add = {
  type: 'function' as const,
  name: 'add',
  strict: true,
  parameters: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
};

describe('stored responses', () => {
  let test: TestApp;
  let openai: OpenAI;

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300 });
    openai = clientOf(test.url, test.token);
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());

  const create = (rest: object) =>
    openai.responses.create({ model, input: 'What is 2+2?', ...rest } as Create);
  const asked = () => (test.standin.chats.at(-1) as { messages: object[] }).messages;

  interface Listed {
    readonly title: string;
    readonly messages: { readonly edges: readonly { readonly node: { role: string; content: string } }[] };
  }
  const conversations = async (token?: string): Promise<readonly Listed[]> => {
    const query = `{ conversations(first: 50) { edges { node { title
      messages(first: 20) { edges { node { role content } } } } } } }`;
    const { data } = await test.graphql<{ conversations: { edges: readonly { node: Listed }[] } }>(
      query,
      {},
      token,
    );
    return data?.conversations.edges.map(({ node }) => node) ?? [];
  };

  it('are conversations that the web app shows, and can be read again', async () => {
    const request = { instructions: 'Be brief.', metadata: { a: 'b' }, temperature: 0.5 };
    const { output_text: _text, ...created } = await create({ input: 'Where is Rome?', ...request });
    const read = await openai.responses.retrieve(created.id);
    expect(responsesResponse.parse(read)).toMatchObject({ ...request, store: true, status: 'completed' });
    expect(read.output).toEqual(created.output);
    expect(read.usage).toEqual(created.usage);
    const [newest] = await conversations();
    expect(newest).toMatchObject({ title: 'Where is Rome?' });
    expect(newest?.messages.edges.map(({ node }) => node)).toEqual([
      { role: 'USER', content: 'Where is Rome?' },
      { role: 'ASSISTANT', content: 'Hello there.' },
    ]);
  });

  it('continue a conversation by previous_response_id, with other instructions, also from an older one', async () => {
    const first = await create({ input: 'One', instructions: 'Old.' });
    test.standin.play({ tokens: ['Two', ' it', ' is'] });
    const second = await create({ input: 'Two', previous_response_id: first.id, instructions: 'New.' });
    expect(second.previous_response_id).toBe(first.id);
    const third = await create({ input: 'Three', previous_response_id: second.id });
    expect(asked()).toEqual([
      { role: 'user', content: 'One' },
      { role: 'assistant', content: 'Hello there.' },
      { role: 'user', content: 'Two' },
      { role: 'assistant', content: 'Two it is' },
      { role: 'user', content: 'Three' },
    ]);
    await create({ input: 'Another', previous_response_id: first.id });
    expect(asked()).toHaveLength(3);
    const items = await openai.responses.inputItems.list(third.id, { order: 'asc', limit: 2 });
    expect(items.data).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'One' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello there.' }] },
    ]);
    const all: object[] = [];
    for await (const item of openai.responses.inputItems.list(third.id, { limit: 2 })) all.push(item);
    expect(all).toHaveLength(5);
    await expect(openai.responses.inputItems.list(third.id, { after: 'in_x' })).rejects.toMatchObject({
      status: 400,
      param: 'after',
    });
    expect(all[0]).toMatchObject({ content: [{ text: 'Three' }] });
    const listed = await conversations();
    expect(listed.filter(({ title }) => title === 'One')).toHaveLength(1);
  });

  it('keep tool calls for the next request, and take references to their items', async () => {
    test.standin.play({
      capabilities: ['completion', 'tools'],
      models: ['caller:latest'],
      tokens: [],
      toolCalls: [{ name: 'add', arguments: { a: 2 } }],
    });
    const request = { model: 'caller', tools: [add] };
    const called = await create({ ...request, input: 'Add 2 and 2.' });
    const call = called.output.find((item) => item.type === 'function_call');
    if (!call) throw new Error('the model called no tool');
    const result = { type: 'function_call_output', call_id: call.call_id, output: '4' };
    const expected = [
      { role: 'user', content: 'Add 2 and 2.' },
      { role: 'assistant', tool_calls: [{ function: { name: 'add', arguments: { a: 2 } } }] },
      { role: 'tool', tool_name: 'add', content: '4' },
    ];
    await create({ ...request, previous_response_id: called.id, input: [result] });
    expect(asked()).toMatchObject(expected);
    await create({
      ...request,
      input: [{ role: 'user', content: 'Add 2 and 2.' }, { type: 'item_reference', id: call.id }, result],
    });
    expect(asked()).toMatchObject(expected);
    expect((await openai.responses.retrieve(called.id)).output).toEqual(called.output);
    const [stored] = (await conversations()).filter(({ messages }) => messages.edges.length === 4);
    expect(stored?.messages.edges[2]?.node).toEqual({ role: 'USER', content: 'Result of add: 4' });
  });

  it('keep a required call as a call', async () => {
    test.standin.play({ tokens: ['{"a"', ':2}'] });
    const called = await create({ tools: [add], tool_choice: 'required' });
    expect((await openai.responses.retrieve(called.id)).output).toEqual(called.output);
    test.standin.play({});
    const { call_id } = called.output[0] as { call_id: string };
    const input = [{ type: 'function_call_output', call_id, output: '4' }];
    await create({ previous_response_id: called.id, input });
    expect(asked()).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: '', tool_calls: [{ function: { name: 'add', arguments: { a: 2 } } }] },
      { role: 'tool', tool_name: 'add', content: '4' },
    ]);
  });

  it('leave nothing with store: false', async () => {
    const before = (await conversations()).length;
    const response = await create({ store: false });
    expect(response).toMatchObject({ store: false });
    await expect(openai.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
    await expect(create({ previous_response_id: response.id })).rejects.toMatchObject({
      status: 400,
      param: 'previous_response_id',
    });
    expect(await conversations()).toHaveLength(before);
  });

  it('are deleted with their turn, the last one first', async () => {
    const first = await create({ input: 'To delete' });
    const second = await create({ input: 'Later', previous_response_id: first.id });
    await expect(openai.responses.delete(first.id)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('Delete the later responses first'),
    });
    await openai.responses.delete(second.id);
    const [left] = (await conversations()).filter(({ title }) => title === 'To delete');
    expect(left?.messages.edges).toHaveLength(2);
    await openai.responses.delete(first.id);
    expect((await conversations()).filter(({ title }) => title === 'To delete')).toEqual([]);
    await expect(openai.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 });
    const { entries } = await auditOf('DELETE_CONVERSATION');
    expect(entries).toBeGreaterThan(0);
  });

  const auditOf = async (action: string) => {
    const query = `{ auditLog(first: 20, filter: { actions: [${action}] }) { edges { node { action } } } }`;
    const { data } = await test.graphql<{ auditLog: { edges: readonly object[] } }>(query);
    return { entries: data?.auditLog.edges.length ?? 0 };
  };

  it('continue an answer of the web app, and are continued there', async () => {
    const mutation = 'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }';
    interface Generated {
      readonly generate: { readonly generation: { readonly id: string } };
    }
    const { data } = await test.graphql<Generated>(mutation, { input: { prompt: 'In the web app' } });
    const stored = await test.lastGeneration();
    expect(data?.generate.generation.id).toBeDefined();
    const id = `resp_${stored?.id}`;
    await expectCompleted(id);
    await create({ previous_response_id: id, input: 'By the API' });
    expect(asked()).toEqual([
      { role: 'user', content: 'In the web app' },
      { role: 'assistant', content: 'Hello there.' },
      { role: 'user', content: 'By the API' },
    ]);
  });

  const expectCompleted = async (id: string): Promise<void> => {
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await openai.responses.retrieve(id)).status === 'completed') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${id} was not completed`);
  };

  it('are invisible to other users', async () => {
    const response = await create({ input: 'A secret' });
    const other = clientOf(test.url, (await test.signUp('eve')).token);
    await expect(other.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 });
    await expect(other.responses.inputItems.list(response.id)).rejects.toMatchObject({ status: 404 });
    await expect(other.responses.delete(response.id)).rejects.toMatchObject({ status: 404 });
    await expect(
      other.responses.create({ model, input: 'Go on', previous_response_id: response.id }),
    ).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
  });

  it('stay as far as they were written when the client leaves', async () => {
    test.standin.play({ tokens: Array.from({ length: 200 }, () => ' word'), tokensPerSecond: 50 });
    const stream = await openai.responses.create({ model, input: 'Leave early', stream: true });
    let id = '';
    for await (const event of stream) {
      if (event.type === 'response.created') id = event.response.id;
      if (event.type !== 'response.output_text.delta') continue;
      await expect(create({ previous_response_id: id, store: false })).rejects.toMatchObject({ status: 409 });
      break;
    }
    const statusOf = async () => (await openai.responses.retrieve(id)).status;
    for (let tries = 0; tries < 100 && (await statusOf()) !== 'cancelled'; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await statusOf()).toBe('cancelled');
  });
});
