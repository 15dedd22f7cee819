import type OpenAI from 'openai';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { clientOf, messages, model } from './openai.testing.ts';
import { chatCompletion, chatCompletionChunk, openaiModelList } from './openaiResponses.ts';

describe("OpenAI's client", () => {
  let test: TestApp;
  let openai: OpenAI;

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300 });
    openai = clientOf(test.url, test.token);
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());
  it('lists the models, and retrieves one by its name with or without the tag', async () => {
    const names: string[] = [];
    for await (const { id } of openai.models.list()) names.push(id);
    expect(names).toEqual(['stand-in:latest']);
    const expected = { id: 'stand-in:latest', object: 'model', owned_by: 'library' };
    expect(await openai.models.retrieve('stand-in:latest')).toMatchObject(expected);
    expect(await openai.models.retrieve('stand-in')).toMatchObject(expected);
    openaiModelList.strict().parse(await (await test.get('/v1/models')).json());
  });

  it('gets an answer without streaming', async () => {
    const answer = await openai.chat.completions.create({ model, messages });
    expect(chatCompletion.strict().parse(answer)).toMatchObject({
      model: 'stand-in:latest',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    });
  });

  it('gets a streamed answer: the role first, the finish reason last', async () => {
    test.standin.play({ thinking: ['Hm.'], tokens: ['Four', ' it', ' is'], tokensPerSecond: 100 });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) chunks.push(chunk);
    for (const chunk of chunks) chatCompletionChunk.strict().parse(chunk);
    const deltas = chunks.map(({ choices }) => choices[0]?.delta);
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(deltas.map((delta) => delta?.content ?? '').join('')).toBe('Four it is');
    expect(deltas).toContainEqual({ reasoning_content: 'Hm.', reasoning: 'Hm.' });
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([
      ...chunks.slice(1).map(() => null),
      'stop',
    ]);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('gets the token usage at the end of a stream with include_usage', async () => {
    const stream = openai.chat.completions.stream({
      model,
      messages,
      stream_options: { include_usage: true },
    });
    expect(await stream.finalContent()).toBe('Hello there.');
    expect(await stream.totalUsage()).toMatchObject({
      prompt_tokens: 7,
      completion_tokens: 3,
      total_tokens: 10,
    });
  });

  it('has its messages and options passed to the engine', async () => {
    await openai.chat.completions.create({
      model,
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'One.' },
            { type: 'text', text: 'Two.' },
          ],
        },
        { role: 'assistant', content: 'Three.' },
        { role: 'user', content: 'And?' },
      ],
      temperature: 0,
      top_p: 0.5,
      seed: 7,
      stop: 'x',
      max_tokens: 8,
      max_completion_tokens: 9,
      n: 1,
      user: 'user-1',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'sum', strict: true, schema: { type: 'object' } },
      },
    });
    expect(test.standin.chats.at(-1)).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'One.\nTwo.' },
        { role: 'assistant', content: 'Three.' },
        { role: 'user', content: 'And?' },
      ],
      format: { type: 'object' },
      options: { temperature: 0, top_p: 0.5, seed: 7, stop: ['x'], num_predict: 9 },
    });
    await openai.chat.completions.create({ model, messages, response_format: { type: 'json_object' } });
    expect(test.standin.chats.at(-1)).toMatchObject({ format: 'json' });
  });

  it('runs the tools that the model calls, and sends their results back', async () => {
    test.standin.play({
      capabilities: ['completion', 'tools'],
      models: ['caller:latest'],
      tokens: ['Let me see.'],
      toolCalls: [
        { name: 'add', arguments: { a: 2 } },
        { name: 'add', arguments: { a: 3 } },
      ],
    });
    const tools: OpenAI.ChatCompletionTool[] = [
      { type: 'function', function: { name: 'add', strict: true, parameters: { type: 'object' } } },
    ];
    const request = { model: 'caller', messages, tools };
    const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
    const whole = await openai.chat.completions.create(request);
    for (const { choices } of [streamed, whole]) {
      expect(choices[0]).toMatchObject({
        finish_reason: 'tool_calls',
        message: {
          content: 'Let me see.',
          tool_calls: [
            { type: 'function', function: { name: 'add', arguments: '{"a":2}' } },
            { type: 'function', function: { name: 'add', arguments: '{"a":3}' } },
          ],
        },
      });
    }
    chatCompletion.strict().parse(whole);
    expect(await test.lastGeneration()).toMatchObject({ toolCalls: null, prompt: null });

    const answer = whole.choices[0]?.message;
    if (!answer?.tool_calls) throw new Error('the model called no tool');
    const results = answer.tool_calls.map(({ id }) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: '4',
    }));
    await openai.chat.completions.create({ ...request, messages: [...messages, answer, ...results] });
    expect(test.standin.chats.at(-1)).toMatchObject({
      tools: [{ function: { name: 'add', parameters: { type: 'object' } } }],
      messages: [
        {},
        { role: 'assistant', tool_calls: [{ function: { arguments: { a: 2 } } }, {}] },
        { role: 'tool', tool_name: 'add', content: '4' },
        {},
      ],
    });
    await openai.chat.completions.create({ ...request, tool_choice: 'none' });
    expect(test.standin.chats.at(-1)).not.toHaveProperty('tools');
  });

  it('cancels the generation when it closes a stream', async () => {
    test.standin.play({ tokens: Array(1000).fill('on '), tokensPerSecond: 20 });
    const left = test.standin.left();
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    for await (const _ of stream) break;
    await left;
    await test.line((line) => line.status === 'CANCELLED');
  });
});
