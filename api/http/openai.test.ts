import OpenAI, { APIError, AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { startTestApp, type TestApp } from './app.testing.ts';
import { chatCompletion, chatCompletionChunk, openaiModelList } from './openaiAnswers.ts';
import { openaiError } from './openaiErrors.ts';

const model = 'stand-in';
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'What is 2+2?' }];

describe("OpenAI's own client", () => {
  let test: TestApp;
  let openai: OpenAI;

  const clientOf = (apiKey: string) => new OpenAI({ baseURL: `${test.url}/v1`, apiKey, maxRetries: 0 });

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300 });
    openai = clientOf(test.token);
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());

  it('lists the models, and finds one by its name or by a shorter one', async () => {
    const names: string[] = [];
    for await (const { id } of openai.models.list()) names.push(id);
    expect(names).toEqual(['stand-in:latest']);
    const expected = { id: 'stand-in:latest', object: 'model', owned_by: 'library' };
    expect(await openai.models.retrieve('stand-in:latest')).toMatchObject(expected);
    expect(await openai.models.retrieve('stand-in')).toMatchObject(expected);
    openaiModelList.strict().parse(await (await test.get('/v1/models')).json());
  });

  it('gets an answer at once', async () => {
    const answer = await openai.chat.completions.create({ model, messages });
    expect(chatCompletion.strict().parse(answer)).toMatchObject({
      model: 'stand-in:latest',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    });
  });

  it('gets it as it comes: the role first, why it ended last', async () => {
    test.standin.play({ thinking: ['Hm.'], tokens: ['Four', ' it', ' is'], tokensPerSecond: 100 });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of stream) chunks.push(chunk);
    for (const chunk of chunks) chatCompletionChunk.strict().parse(chunk);
    const deltas = chunks.map(({ choices }) => choices[0]?.delta);
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(deltas.map((delta) => delta?.content ?? '').join('')).toBe('Four it is');
    expect(deltas).toContainEqual({ reasoning_content: 'Hm.' });
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([
      ...chunks.slice(1).map(() => null),
      'stop',
    ]);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('is told at the end of a stream what was used, where it asks', async () => {
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

  it('has what it asks for handed on', async () => {
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
      user: 'somebody',
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

  it('runs tools that the model asks for, and gives it what came of them', async () => {
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
    const asked = { model: 'caller', messages, tools };
    const streamed = await openai.chat.completions.stream(asked).finalChatCompletion();
    const whole = await openai.chat.completions.create(asked);
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
    if (!answer?.tool_calls) throw new Error('no tool was asked for');
    const results = answer.tool_calls.map(({ id }) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: '4',
    }));
    await openai.chat.completions.create({ ...asked, messages: [...messages, answer, ...results] });
    expect(test.standin.chats.at(-1)).toMatchObject({
      tools: [{ function: { name: 'add', parameters: { type: 'object' } } }],
      messages: [
        {},
        { role: 'assistant', tool_calls: [{ function: { arguments: { a: 2 } } }, {}] },
        { role: 'tool', tool_name: 'add', content: '4' },
        {},
      ],
    });
    await openai.chat.completions.create({ ...asked, tool_choice: 'none' });
    expect(test.standin.chats.at(-1)).not.toHaveProperty('tools');
  });

  const refused = async (asked: Promise<unknown>): Promise<APIError> => {
    const error = await asked.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof APIError)) throw new Error(`not an error of the API: ${String(error)}`);
    openaiError.strict().parse({ error: error.error });
    return error;
  };

  it('is told who it must be', async () => {
    const error = await refused(clientOf('sk-wrong').models.list());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: 'invalid_api_key' });
  });

  it('is told which models there are', async () => {
    const error = await refused(openai.chat.completions.create({ model: 'gpt-4o', messages }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
    expect(error.message).toContain('There is no model "gpt-4o". Installed: stand-in:latest.');
    expect(await refused(openai.models.retrieve('gpt-4o'))).toMatchObject({ status: 404 });
  });

  it.each<[object, string, string]>([
    [{ n: 2 }, 'n', 'n can only be 1 here'],
    [{ temperature: 2.5 }, 'temperature', 'must be at most 2'],
    [{ logprobs: true }, 'logprobs', "can't be set here"],
    [{ presence_penalty: 1 }, 'presence_penalty', "can't be set here"],
    [{ logit_bias: { '5': 1 } }, 'logit_bias', "can't be set here"],
    [{ stream_options: { include_usage: true } }, 'stream_options', 'can only be set where stream is true'],
    [{ response_format: { type: 'json_schema' } }, 'response_format.json_schema', 'is missing'],
    [{ messages: [] }, 'messages', 'at least 1 item'],
    [{ tool_choice: 'required' }, 'tool_choice', 'can only be "auto" or "none" here'],
    [{ tools: [{ type: 'function', function: { name: 'add' } }] }, 'tools', 'calls no tools'],
    [
      { messages: [...messages, { role: 'tool', tool_call_id: 'x', content: '4' }] },
      'messages[1].tool_call_id',
      "must be the id of a call in an assistant's message",
    ],
    [
      {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] }],
      },
      'messages[0].content[0].image_url.url',
      'nothing is fetched from elsewhere',
    ],
    [
      {
        messages: [
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }],
          },
        ],
      },
      'images',
      'reads no images',
    ],
  ])('is told what is wrong with %j, by field and rule', async (body, param, rule) => {
    const error = await refused(openai.chat.completions.create({ model, messages, ...body }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error.message).toContain(rule);
  });

  it('is told what is too long, what broke, and what is not there, each by its status', async () => {
    const long = [{ role: 'user' as const, content: 'word '.repeat(4000) }];
    expect(await refused(openai.chat.completions.create({ model, messages: long }))).toMatchObject({
      status: 413,
      code: 'context_length_exceeded',
    });
    test.standin.play({ fault: { kind: 'silence', after: 0 } });
    expect(await refused(openai.chat.completions.create({ model, messages }))).toMatchObject({
      status: 504,
      code: 'engine_timeout',
      type: 'server_error',
    });
    expect(await refused(openai.embeddings.create({ model, input: 'x' }))).toMatchObject({ status: 404 });
    expect(await refused(openai.delete('/models'))).toMatchObject({ status: 405 });
  });

  it('is told in the same shape of a body that is no JSON, and of one that is too large', async () => {
    const send = async (body: string) => {
      const headers = { Authorization: `Bearer ${test.token}`, 'Content-Type': 'application/json' };
      const response = await fetch(`${test.url}/v1/chat/completions`, { method: 'POST', headers, body });
      return [response.status, openaiError.strict().parse(await response.json()).error];
    };
    expect(await send('{')).toEqual([
      400,
      {
        message: 'The body is not valid JSON.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_value',
      },
    ]);
    expect(await send(' '.repeat(13 * 1024 * 1024))).toMatchObject([413, { code: 'request_too_large' }]);
  });

  it('never takes a stream that fails half-way for a whole one', async () => {
    const fault = { kind: 'error line', after: 2, message: 'out of memory' } as const;
    test.standin.play({ tokens: ['Half', ' an'], tokensPerSecond: 50, fault });
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    let text = '';
    const read = async () => {
      for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    };
    expect((await refused(read())).code).toBe('engine_failed');
    expect(text).toContain('Half');

    const raw = await (await test.post('/v1/chat/completions', { model, messages, stream: true })).text();
    expect(raw).not.toContain('[DONE]');
    expect(raw).not.toContain('"finish_reason":"stop"');
    expect(JSON.parse(raw.trim().split('\n\n').at(-1)?.replace('data: ', '') ?? '')).toMatchObject({
      error: { type: 'server_error' },
    });
  });

  it('stops the engine when it leaves a stream', async () => {
    test.standin.play({ tokens: Array(1000).fill('on '), tokensPerSecond: 20 });
    const left = test.standin.left();
    const stream = await openai.chat.completions.create({ model, messages, stream: true });
    for await (const _ of stream) break;
    await left;
    await test.line((line) => line.status === 'CANCELLED');
  });
});
