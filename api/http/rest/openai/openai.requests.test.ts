import type OpenAI from 'openai';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { clientOf, messages, model } from './openai.testing.ts';
import { chatCompletion, chatCompletionChunk } from './openaiResponses.ts';

const add = {
  type: 'function' as const,
  function: {
    name: 'add',
    description: 'Adds two numbers.',
    parameters: {
      type: 'object',
      properties: { a: { $ref: '#/$defs/number' } },
      required: ['a'],
      $defs: { number: { type: 'integer' } },
    },
  },
};
const now = { type: 'function' as const, function: { name: 'now' } };

describe("a request of OpenAI's client", () => {
  let test: TestApp;
  let openai: OpenAI;

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300 });
    openai = clientOf(test.url, test.token);
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());
  const asked = () =>
    test.standin.chats.at(-1) as Record<string, unknown> & { options: Record<string, unknown> };
  const create = (rest: object) =>
    openai.chat.completions.create({
      model,
      messages,
      ...rest,
    } as OpenAI.ChatCompletionCreateParamsNonStreaming);

  it('can require a call of a named tool: its schema is the format of the answer', async () => {
    test.standin.play({ tokens: ['{"a"', ':2}'] });
    const request = {
      model,
      messages,
      tools: [add, now],
      tool_choice: { type: 'function' as const, function: { name: 'add' } },
    };
    const whole = await openai.chat.completions.create(request);
    const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      expect(choices).toMatchObject([
        {
          message: {
            tool_calls: [{ type: 'function', function: { name: 'add', arguments: '{"a":2}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ]);
    }
    chatCompletion.strict().parse(whole);
    expect(asked()).toMatchObject({ format: add.function.parameters });
    expect(asked()).not.toHaveProperty('tools');
    expect(JSON.stringify(asked().messages)).toContain('Call the function add.');
  });

  it('can require a call of any of several tools', async () => {
    test.standin.play({ tokens: ['{"name":"now","arguments":{}}'] });
    const { choices } = await create({ tools: [add, now], tool_choice: 'required' });
    expect(choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'now', arguments: '{}' } }]);
    expect(asked().format).toMatchObject({
      anyOf: [
        { properties: { name: { const: 'add' }, arguments: { $ref: '#/$defs/tool0' } } },
        { properties: { name: { const: 'now' } } },
      ],
      $defs: { tool0: { properties: { a: { $ref: '#/$defs/tool0/$defs/number' } } } },
    });
    const mode = { mode: 'required', tools: [{ type: 'function', function: { name: 'now' } }] };
    test.standin.play({ tokens: ['{}'] });
    const allowed = await create({
      tools: [add, now],
      tool_choice: { type: 'allowed_tools', allowed_tools: mode },
    });
    expect(allowed.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'now' } }]);
  });

  it('gets one tool call at most with parallel_tool_calls: false', async () => {
    const toolCalls = [1, 2].map((a) => ({ name: 'add', arguments: { a } }));
    test.standin.play({
      capabilities: ['completion', 'tools'],
      models: ['caller:latest'],
      tokens: [],
      toolCalls,
    });
    const request = { model: 'caller', messages, tools: [add] };
    const both = await openai.chat.completions.create({ ...request, parallel_tool_calls: true });
    expect(both.choices[0]?.message.tool_calls).toHaveLength(2);
    const one = await openai.chat.completions.create({ ...request, parallel_tool_calls: false });
    expect(one.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  it('may use the older functions, and gets the older call', async () => {
    const called = { name: 'add', arguments: '{"a":2}' };
    test.standin.play({
      capabilities: ['completion', 'tools'],
      models: ['caller:latest'],
      tokens: [],
      toolCalls: [{ name: 'add', arguments: { a: 2 } }],
    });
    const functions = [add.function];
    const { choices } = await create({ model: 'caller', functions });
    expect(choices).toMatchObject([{ message: { function_call: called }, finish_reason: 'function_call' }]);
    const stream = await openai.chat.completions.create({
      model: 'caller',
      messages,
      functions,
      stream: true,
    });
    const deltas: unknown[] = [];
    for await (const chunk of stream) {
      chatCompletionChunk.strict().parse(chunk);
      deltas.push(chunk.choices[0]?.delta);
    }
    expect(deltas).toContainEqual({ function_call: called });
    const history = [
      ...messages,
      { role: 'assistant', content: null, function_call: called },
      { role: 'function', name: 'add', content: '4' },
    ];
    await create({ model: 'caller', messages: history, functions, function_call: 'none' });
    expect(asked()).toMatchObject({
      messages: [{}, { tool_calls: [{ function: { name: 'add' } }] }, { role: 'tool', tool_name: 'add' }],
    });
    expect(asked()).not.toHaveProperty('tools');
    test.standin.play({ tokens: ['{"a":2}'] });
    const forced = await create({ functions, function_call: { name: 'add' } });
    expect(forced.choices[0]?.message.function_call).toEqual(called);
  });

  it('gets several answers, each with its index, and pays the prompt once', async () => {
    const whole = await create({ n: 3, seed: 5 });
    expect(whole.choices.map(({ index, message }) => [index, message.content])).toEqual(
      [0, 1, 2].map((index) => [index, 'Hello there.']),
    );
    expect(whole.usage).toEqual({ prompt_tokens: 7, completion_tokens: 9, total_tokens: 16 });
    const seeds = test.standin.chats.slice(-3).map((chat) => (chat.options as { seed: number }).seed);
    expect(seeds.sort()).toEqual([5, 6, 7]);
    const streamed = await openai.chat.completions.stream({ model, messages, n: 2 }).finalChatCompletion();
    expect(streamed.choices.map(({ message }) => message.content)).toEqual(['Hello there.', 'Hello there.']);
  });

  it('cancels all its answers when one fails or is rejected', async () => {
    const limited = await startTestApp({ env: { RUNNING_LIMIT: '2' } });
    limited.standin.play({ tokens: Array(1000).fill('on '), tokensPerSecond: 20 });
    const client = clientOf(limited.url, limited.token);
    await expect(client.chat.completions.create({ model, messages, n: 3 })).rejects.toMatchObject({
      status: 429,
    });
    await limited.line(({ status }) => status === 'CANCELLED');
    limited.standin.play({});
    expect((await client.chat.completions.create({ model, messages, n: 2 })).choices).toHaveLength(2);
    await limited.stop();
  });

  it('has its numbers clamped or taken', async () => {
    await create({ max_tokens: 262_144, seed: -1, frequency_penalty: 1, presence_penalty: -1 });
    expect(asked().options).toMatchObject({
      num_predict: 131_072,
      seed: 2 ** 31 - 1,
      frequency_penalty: 1,
      presence_penalty: -1,
    });
    await create({ max_tokens: -1, seed: 2 ** 53, top_k: -1 });
    expect(asked().options).toEqual({ seed: 0, top_k: 0, num_ctx: 2048 });
  });

  it('may have stream_options without a stream, and fields that change nothing', async () => {
    const { choices } = await create({
      stream_options: { include_usage: true },
      store: true,
      metadata: { a: 'b' },
      service_tier: 'auto',
      prompt_cache_key: 'x',
      verbosity: 'low',
    });
    expect(choices).toHaveLength(1);
  });

  it.each([
    ['none', false],
    ['minimal', 'low'],
    ['high', 'high'],
  ])('has reasoning_effort %s passed to a thinking model as %j', async (reasoning_effort, think) => {
    test.standin.play({ capabilities: ['completion', 'thinking'], models: ['thinker:latest'] });
    await create({ model: 'thinker', reasoning_effort });
    expect(asked()).toMatchObject({ think });
    await create({ model: 'thinker', reasoning: { effort: reasoning_effort } });
    expect(asked()).toMatchObject({ think });
  });

  it('may name a reasoning effort to a model that does not think', async () => {
    await create({ reasoning_effort: 'low' });
    expect(asked()).not.toHaveProperty('think');
  });

  it('may have empty content, a call without arguments, and the beginning of the answer', async () => {
    await create({
      messages: [
        { role: 'system', content: '' },
        { role: 'user', content: [] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'now', arguments: '' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: '12:00' },
        { role: 'user', content: '' },
        { role: 'assistant', content: 'It is' },
      ],
    });
    expect(asked()).toMatchObject({
      messages: [
        { content: '' },
        { content: '' },
        { content: '', tool_calls: [{ function: { name: 'now', arguments: {} } }] },
        { role: 'tool', tool_name: 'now' },
        { content: '' },
        { role: 'assistant', content: 'It is' },
      ],
    });
  });

  it('may have a result without its call, since programs shorten histories', async () => {
    for (const tool_call_id of ['c1', null, undefined]) {
      await create({ messages: [...messages, { role: 'tool', tool_call_id, content: '12:00' }] });
      expect(asked()).toMatchObject({ messages: [{ role: 'user' }, { role: 'tool', content: '12:00' }] });
    }
  });

  it('may have a JSON object of a schema, and empty stop strings', async () => {
    const schema = { type: 'object', properties: { a: { type: 'integer' } } };
    await create({ response_format: { type: 'json_object', schema } });
    expect(asked()).toMatchObject({ format: schema });
    for (const stop of ['', [''], ['', 'x']]) {
      await create({ stop });
      expect(asked().options.stop ?? []).toEqual(stop.includes('x') ? ['x'] : []);
    }
  });

  it('may have an image as a plain string, wrapped into lines', async () => {
    test.standin.play({ capabilities: ['completion', 'vision'], models: ['seer:latest'] });
    const parts = [
      { type: 'image_url', image_url: 'data:image/png;base64,QUJD' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,QU\nJD', detail: 'low' } },
    ];
    await create({ model: 'seer', messages: [{ role: 'user', content: parts }] });
    expect(asked()).toMatchObject({ messages: [{ images: ['QUJD', 'QUJD'] }] });
  });

  it('completes a prompt, or several', async () => {
    const whole = await openai.completions.create({ model, prompt: 'Hi', max_tokens: 5 });
    expect(whole).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'Hello there.', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    });
    const several = await openai.completions.create({ model, prompt: ['One', 'Two'], n: 2 });
    expect(several.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(several.usage).toMatchObject({ prompt_tokens: 14, completion_tokens: 12 });
    let text = '';
    for await (const { choices } of await openai.completions.create({ model, prompt: 'Hi', stream: true })) {
      text += choices[0]?.text ?? '';
    }
    expect(text).toBe('Hello there.');
    const complete = (rest: object) =>
      openai.completions.create({
        model,
        prompt: 'Hi',
        ...rest,
      } as OpenAI.CompletionCreateParamsNonStreaming);
    await expect(complete({ echo: true })).rejects.toMatchObject({ status: 400, param: 'echo' });
    await expect(complete({ suffix: 'x' })).rejects.toMatchObject({ status: 400, param: 'suffix' });
    await expect(complete({ prompt: [1, 2] })).rejects.toMatchObject({
      status: 400,
      param: 'prompt[0]',
      message: expect.not.stringContaining('LangChain'),
    });
    await expect(complete({ best_of: 3 })).rejects.toMatchObject({ status: 400, param: 'best_of' });
  });

  it('computes embeddings of one text or several, as numbers or in base64', async () => {
    const one = await openai.embeddings.create({ model, input: 'one two', encoding_format: 'float' });
    expect(one).toMatchObject({
      object: 'list',
      model: 'stand-in:latest',
      data: [{ object: 'embedding', index: 0 }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    });
    // The client asks for base64 by default, and decodes it.
    const decoded = await openai.embeddings.create({ model, input: ['one two', 'three'], dimensions: 4 });
    expect(decoded.data.map(({ embedding }) => embedding.length)).toEqual([4, 4]);
    const exact = await openai.embeddings.create({
      model,
      input: 'three',
      dimensions: 4,
      encoding_format: 'float',
    });
    for (const [index, value] of exact.data[0]?.embedding.entries() ?? []) {
      expect(decoded.data[1]?.embedding[index]).toBeCloseTo(value, 6);
    }
    const embed = (rest: object) =>
      openai.embeddings.create({ model, input: 'x', ...rest } as OpenAI.EmbeddingCreateParams);
    await expect(embed({ input: [] })).rejects.toMatchObject({ status: 400, param: 'input' });
    for (const input of [[1, 2], [[1, 2]]]) {
      await expect(embed({ input })).rejects.toMatchObject({
        status: 400,
        param: 'input[0]',
        message: expect.stringContaining('check_embedding_ctx_length'),
      });
    }
    await expect(embed({ dimensions: 0 })).rejects.toMatchObject({ status: 400, param: 'dimensions' });
    await expect(embed({ input: 'word '.repeat(4000) })).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    });
  });

  it('is told not to retry once its quota is used up', async () => {
    const limited = await startTestApp({ env: { QUOTA_DAY: '12' } });
    const request = () => limited.post('/v1/chat/completions', { model, messages, max_tokens: 3 });
    await request();
    const response = await request();
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([429, 'false']);
    expect(await response.json()).toMatchObject({ error: { code: 'insufficient_quota' } });
    await limited.stop();
  });

  it('is not offered models that only compute embeddings', async () => {
    const other = await startTestApp();
    other.standin.play({ models: ['nomic-embed-text:latest'], capabilities: ['embedding'] });
    const client = clientOf(other.url, other.token);
    const names: string[] = [];
    for await (const { id } of client.models.list()) names.push(id);
    expect(names).toEqual([]);
    await expect(
      client.chat.completions.create({ model: 'nomic-embed-text', messages }),
    ).rejects.toMatchObject({
      status: 400,
      param: 'model',
      message: expect.stringContaining('only computes embeddings'),
    });
    await other.stop();
  });
});
