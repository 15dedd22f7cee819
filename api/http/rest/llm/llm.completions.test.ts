import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { modelList } from '../ollama/ollamaModels.ts';
import { chatResponse, generateResponse } from '../ollama/ollamaResponses.ts';
import { chat, expectNothingKept, generate, linesOf, messages, prompt } from './llm.testing.ts';

describe('the API in the format of Ollama', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300, slots: 2 });
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());
  it('lists the models like /api/tags', async () => {
    const response = await test.get('/api/llm/models');
    expect(response.status).toBe(200);
    expect(modelList.parse(await response.json())).toMatchObject({
      models: [{ name: 'stand-in:latest', details: { family: 'llama', parameter_size: '1B' } }],
    });
  });

  it('answers a prompt with one JSON document', async () => {
    const response = await test.post(generate, { model: 'stand-in', prompt, stream: false });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
    const answer = await response.json();
    expect(generateResponse.strict().parse(answer)).toMatchObject({
      model: 'stand-in:latest',
      response: 'Hello there.',
      done: true,
      done_reason: 'stop',
      load_duration: 1e6,
      prompt_eval_count: 7,
      prompt_eval_duration: 1e6,
      eval_count: 3,
      eval_duration: 2e6,
    });
    expect(await test.lastGeneration()).toMatchObject({
      status: 'COMPLETED',
      usage: { promptTokens: 7, completionTokens: 3 },
    });
    await expectNothingKept(test);
  });

  it('streams JSON lines on request, the last one with done: true', async () => {
    test.standin.play({ thinking: ['Hm.'], tokens: ['Four', ' it', ' is'], tokensPerSecond: 100 });
    const response = await test.post(generate, { prompt, stream: true });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await linesOf(response)).map((line) => generateResponse.strict().parse(line));
    expect(lines.map((line) => line.response).join('')).toBe('Four it is');
    expect(lines.map((line) => line.thinking ?? '').join('')).toBe('Hm.');
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.map(({ done }) => done)).toEqual([...lines.slice(1).map(() => false), true]);
    await expectNothingKept(test);
  });

  it('answers a chat, streamed or not', async () => {
    const whole = await (await test.post(chat, { messages, stream: false })).json();
    expect(chatResponse.strict().parse(whole)).toMatchObject({
      message: { role: 'assistant', content: 'Hello there.' },
      done: true,
    });
    const lines = (await linesOf(await test.post(chat, { messages, stream: true }))).map((line) =>
      chatResponse.strict().parse(line),
    );
    expect(lines.map(({ message }) => message.content).join('')).toBe('Hello there.');
    expect(lines.at(-1)).toMatchObject({ done: true, done_reason: 'stop' });
  });

  it('passes the prompt, the format and the options to the engine', async () => {
    await test.post(generate, {
      prompt,
      system: 'Be brief.',
      format: { type: 'object' },
      stream: false,
      options: { temperature: 0, top_p: 0.5, top_k: 3, seed: 7, num_predict: 9, stop: ['x'], num_ctx: 99 },
      keep_alive: '5m',
    });
    expect(test.standin.chats.at(-1)).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: prompt },
      ],
      format: { type: 'object' },
      options: { temperature: 0, top_p: 0.5, top_k: 3, seed: 7, num_predict: 9, stop: ['x'], num_ctx: 2048 },
    });
  });

  it.each([
    [{}, 0.7],
    [{ temperature: 0.2 }, 0.2],
    [{ temperature: 0.2, options: { temperature: 0.4 } }, 0.2],
  ])('generates with %j at the temperature %d', async (given, temperature) => {
    await test.post(generate, { prompt, ...given });
    expect(test.standin.chats.at(-1)).toMatchObject({ options: { temperature } });
  });

  it.each<[string, object, string]>([
    [generate, {}, 'prompt is missing.'],
    [generate, { prompt: ' ' }, 'prompt is empty: write a prompt.'],
    [generate, { prompt, options: { temperature: 3 } }, 'options.temperature must be at most 2.'],
    [generate, { prompt, temperature: 3 }, 'temperature must be at most 2.'],
    [generate, { prompt, temperature: 'hot' }, 'temperature must be a number.'],
    [generate, { prompt, options: { num_predict: 0.5 } }, 'options.num_predict must be a whole number.'],
    [generate, { prompt, options: { seed: 0.5 } }, 'options.seed must be a whole number.'],
    [
      generate,
      { prompt, options: { mirostat: 1 } },
      'options.mirostat is not supported here: use temperature, top_p, top_k or min_p.',
    ],
    [generate, { prompt, options: { stop: 'x' } }, 'options.stop must be a list.'],
    [generate, { prompt, format: 4 }, 'format must be "json" or "", or must be an object.'],
    [
      generate,
      { prompt, suffix: 'the end' },
      'stand-in:latest does not fill gaps. Leave suffix out, or use a model with the capability "insert".',
    ],
    [
      generate,
      { prompt, think: true },
      'stand-in:latest does not support thinking. Leave think out, or choose another model.',
    ],
    [generate, { prompt, images: ['?'] }, 'images[0] must be base64, without "data:".'],
    [
      generate,
      { prompt, images: ['aGk='] },
      'stand-in:latest does not support images. Use a model with the capability "vision".',
    ],
    [chat, { messages: [] }, 'messages must have at least 1 item.'],
    [
      chat,
      { messages: [{ role: 'me', content: '' }] },
      'messages[0].role must be "system" or "developer" or "user" or "assistant" or "tool".',
    ],
    [
      chat,
      { messages: [{ role: 'user' }] },
      'messages[0].content is empty: write something for the model to answer.',
    ],
    [
      chat,
      { messages: [{ role: 'user', content: '' }] },
      'messages[0].content is empty: write something for the model to answer.',
    ],
  ])('rejects at %s the body %j by field and rule', async (path, body, detail) => {
    const response = await test.post(path, body);
    expect([response.status, await response.json()]).toEqual([400, { detail, error: detail }]);
  });

  it('rejects a body that is nested too deep', async () => {
    const post = async (levels: number) => {
      const format = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
      const response = await fetch(test.url + generate, {
        method: 'POST',
        headers: { Authorization: `Bearer ${test.token}`, 'Content-Type': 'application/json' },
        body: `{"prompt":"x","format":${format}}`,
      });
      return [response.status, await response.json()];
    };
    const detail = 'The body is nested more than 100 levels deep.';
    expect(await post(110)).toEqual([400, { detail, error: detail }]);
    // Rejected before it is parsed.
    expect(await post(50_000)).toEqual([
      400,
      expect.objectContaining({
        detail: 'The JSON is nested more than 128 deep. Send less, or several requests.',
      }),
    ]);
  });

  it("passes on the model's tool calls, and stores none of them", async () => {
    const tool = { name: 'add', parameters: { type: 'object', properties: { a: { type: 'number' } } } };
    const request = { messages, tools: [{ type: 'function', function: tool }] };
    const rejected = await test.post(chat, request);
    expect(await rejected.json()).toMatchObject({
      detail: 'stand-in:latest does not support tools. Use a model with the capability "tools".',
    });
    test.standin.play({
      capabilities: ['completion', 'tools'],
      models: ['caller:latest'],
      tokens: [],
      toolCalls: [{ name: 'add', arguments: { a: 2 } }],
    });
    const call = { function: { name: 'add', arguments: { a: 2 } } };
    const whole = await (await test.post(chat, { ...request, model: 'caller', stream: false })).json();
    expect(chatResponse.strict().parse(whole)).toMatchObject({
      message: { content: '', tool_calls: [call] },
      done: true,
    });
    expect(test.standin.chats.at(-1)).toMatchObject({ tools: [{ type: 'function', function: tool }] });
    expect(await test.lastGeneration()).toMatchObject({ finishReason: 'TOOL_CALLS', toolCalls: null });
    const result = { role: 'tool', content: '4', tool_name: 'add' };
    const history = [...messages, { role: 'assistant', content: '', tool_calls: [call] }, result];
    const lines = await linesOf(await test.post(chat, { model: 'caller', messages: history, stream: true }));
    expect(lines).toMatchObject([{ message: { tool_calls: [call] }, done: false }, { done: true }]);
    expect(test.standin.chats.at(-1)).toMatchObject({ messages: history });
  });

  it('requires authentication, by token or by cookie', async () => {
    const init = { method: 'POST', body: JSON.stringify({ prompt, stream: false }) };
    const json = { 'Content-Type': 'application/json' };
    const rejected = await fetch(test.url + generate, { ...init, headers: json });
    expect(rejected.status).toBe(401);
    expect(await rejected.json()).toMatchObject({ detail: expect.stringContaining('Sign in first') });
    const cookie = { ...json, Cookie: `ziggie_session=${test.token}`, Origin: test.url };
    expect((await fetch(test.url + generate, { ...init, headers: cookie })).status).toBe(200);
  });

  it('accepts JSON of any content type with a token, but not with a cookie', async () => {
    const init = { method: 'POST', body: JSON.stringify({ prompt, stream: false }) };
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const token = { ...form, Authorization: `Bearer ${test.token}` };
    expect((await fetch(test.url + generate, { ...init, headers: token })).status).toBe(200);
    const broken = await fetch(test.url + generate, { ...init, body: 'a=b', headers: token });
    expect([broken.status, await broken.json()]).toEqual([
      400,
      expect.objectContaining({ detail: 'The body is not valid JSON.' }),
    ]);
    const cookie = { ...form, Cookie: `ziggie_session=${test.token}`, Origin: test.url };
    const rejected = await fetch(test.url + generate, { ...init, headers: cookie });
    expect([rejected.status, await rejected.json()]).toEqual([
      400,
      expect.objectContaining({ detail: 'Send JSON, with Content-Type: application/json.' }),
    ]);
  });

  it('lists the installed models for an unknown one', async () => {
    const response = await test.post(generate, { model: 'llama9', prompt });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      detail: 'Model "llama9" is not installed. Installed models: stand-in:latest.',
    });
  });

  it('rejects a prompt above the context length, and a body above its limit', async () => {
    const long = await test.post(generate, { prompt: 'word '.repeat(4000) });
    expect([long.status, await long.json()]).toEqual([
      413,
      expect.objectContaining({ detail: expect.stringContaining('the context of the model has 2048') }),
    ]);
    const huge = await test.post(generate, { prompt: 'x'.repeat(13 * 1024 * 1024) });
    expect(huge.status).toBe(413);
  });
});

describe('the API with MODEL_FALLBACK', () => {
  it('answers for three well-known names with the fallback, and names it', async () => {
    const test = await startTestApp({ env: { MODEL_FALLBACK: 'stand-in' } });
    const answers = ['llama3.2', 'mistral:latest', 'codellama:7b'].map(async (model) => {
      const response = await test.post(generate, { model, prompt, stream: false });
      return ((await response.json()) as { model: string }).model;
    });
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['stand-in:latest']));
    expect((await test.post(generate, { model: 'phi4', prompt })).status).toBe(404);
    await test.stop();
  });
});
