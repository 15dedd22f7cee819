import { ask, never, read } from '../engine.testing.ts';
import type { Engine, EngineChunk, EngineRequest } from '../engine.ts';
import { createOllamaEngine } from '../ollama/engine.ollama.ts';
import { createMemoryBackendSlots } from '../pool/backendSlots.memory.ts';
import { createEnginePool } from '../pool/pool.ts';
import { startOllamaStandin } from '../standin/standin.ollama.ts';
import { type OpenAIStandin, startOpenAIStandin, vllmModel } from '../standin/standin.openai.ts';
import { createOpenAIEngine } from './engine.openai.ts';

const model = 'served';
const hello = { model, messages: ask('Hello?') };
const silenceMs = 200;

describe('an engine on a server with the shapes of vLLM', () => {
  let standin: OpenAIStandin;
  let engine: Engine;

  beforeEach(async () => {
    standin = await startOpenAIStandin();
    engine = createOpenAIEngine({ url: standin.url, timeoutMs: silenceMs, slots: 2, apiKey: 'secret' });
  });
  afterEach(async () => {
    await engine.close();
    await standin.close();
  });

  const outcome = async (request: EngineRequest = hello) => {
    const chunks: EngineChunk[] = [];
    let error: unknown = null;
    try {
      for await (const chunk of engine.generate(request, never)) chunks.push(chunk);
    } catch (thrown) {
      error = thrown;
    }
    const text = chunks.map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
    return { text, error, chunks };
  };

  it('streams the answer with its usage, and sends the key', async () => {
    const { text, usage, finish } = await read(engine, hello);
    expect(text).toBe('Hello there.');
    expect(finish).toBe('stop');
    expect(usage).toMatchObject({ promptTokens: 31, completionTokens: 3 });
    expect(new Set(standin.authorizations)).toEqual(new Set(['Bearer secret']));
    expect(standin.requests[0]).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('estimates the usage that a server leaves out', async () => {
    standin.play({ hasNoUsage: true });
    const { usage } = await read(engine, { model, messages: ask('some words '.repeat(50)) });
    expect(usage.promptTokens).toBeGreaterThan(100);
    expect(usage.completionTokens).toBe(3);
  });

  it('passes options, with the extensions of the server', async () => {
    const options = {
      temperature: 0,
      topP: 0.5,
      topK: 3,
      minP: 0.1,
      seed: 4,
      maxTokens: 5,
      stop: ['x'],
      repeatPenalty: 1.1,
    };
    await read(engine, { ...hello, options, think: false });
    expect(standin.requests[0]).toMatchObject({
      temperature: 0,
      top_p: 0.5,
      top_k: 3,
      min_p: 0.1,
      seed: 4,
      max_tokens: 5,
      stop: ['x'],
      repetition_penalty: 1.1,
      chat_template_kwargs: { enable_thinking: false },
    });
  });

  it('joins the fragments of tool calls, and sends their results with ids', async () => {
    const call = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] });
    standin.play({
      deltas: [
        call(0, { id: 'chatcmpl-tool-1', type: 'function', function: { name: 'weather', arguments: '' } }),
        call(0, { function: { arguments: '{"city": ' } }),
        call(0, { function: { arguments: '"Paris"}' } }),
        call(1, { id: 'chatcmpl-tool-2', type: 'function', function: { name: 'time', arguments: '{}' } }),
      ],
      finish: 'tool_calls',
    });
    const tools = [{ name: 'weather' }, { name: 'time' }];
    const calls = [
      { name: 'weather', arguments: { city: 'Paris' } },
      { name: 'time', arguments: {} },
    ];
    const { chunks } = await outcome({ ...hello, tools });
    expect(chunks).toMatchObject([
      { type: 'tool_calls', calls },
      { type: 'done', finish: 'tool_calls' },
    ]);
    standin.play({});
    const messages = [
      ...hello.messages,
      { role: 'assistant', content: '', toolCalls: calls },
      { role: 'tool', content: '12:00', toolName: 'time' },
      { role: 'tool', content: 'sun', toolName: 'weather' },
    ] as const;
    await read(engine, { model, messages, tools });
    const sent = standin.requests.at(-1)?.messages as Record<string, unknown>[];
    expect(sent.slice(1)).toMatchObject([
      { tool_calls: [{ id: 'call_1_0' }, { id: 'call_1_1', function: { name: 'time', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'call_1_1' },
      { role: 'tool', tool_call_id: 'call_1_0' },
    ]);
  });

  it('rejects a tool call whose arguments are not JSON', async () => {
    standin.play({
      deltas: [{ tool_calls: [{ index: 0, function: { name: 'weather', arguments: '{"ci' } }] }],
    });
    expect((await outcome()).error).toMatchObject({ code: 'ENGINE_FAILED', message: /weather.*not JSON/ });
  });

  it('yields the thinking, under both of its names', async () => {
    standin.play({ deltas: [{ reasoning_content: 'Hm.' }, { reasoning: ' So.' }, { content: 'Yes.' }] });
    const { chunks } = await outcome();
    expect(chunks.slice(0, 3)).toEqual([
      { type: 'thinking', text: 'Hm.' },
      { type: 'thinking', text: ' So.' },
      { type: 'text', text: 'Yes.' },
    ]);
  });

  it('sends images as data URLs, and continues a partial answer', async () => {
    const messages = [
      { role: 'user', content: 'What is this?', images: ['/9j/4AAQ'] },
      { role: 'assistant', content: 'A cat' },
    ] as const;
    await read(engine, { model, messages });
    expect(standin.requests[0]).toMatchObject({
      continue_final_message: true,
      add_generation_prompt: false,
      messages: [
        {
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,/9j/4AAQ' } },
          ],
        },
        { role: 'assistant', content: 'A cat' },
      ],
    });
  });

  it('sends a schema as json_schema, or with json_object to a server that rejects that', async () => {
    const format = { type: 'object' };
    standin.play({ rejectsSchema: true });
    await read(engine, { ...hello, format });
    await read(engine, { ...hello, format });
    expect(standin.requests.map(({ response_format }) => response_format)).toEqual([
      { type: 'json_schema', json_schema: { name: 'answer', schema: format, strict: true } },
      { type: 'json_object', schema: format },
      { type: 'json_object', schema: format },
    ]);
  });

  it.each([
    ['error event', 'ENGINE_FAILED', /EngineCore/],
    ['broken event', 'ENGINE_FAILED', /broken event/],
    ['no done', 'ENGINE_FAILED', /before it was done/],
    ['reset', 'ENGINE_FAILED', /connection/],
    ['silence', 'ENGINE_TIMEOUT', /silent for 0.2 s/],
  ] as const)('that ends with %s fails, and the text so far is kept', async (fault, code, message) => {
    standin.play({ fault, pauseMs: 5 });
    const { text, error } = await outcome();
    expect(text).toMatch(/^Hello/);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  const tooLong = `This model's maximum context length is 2048 tokens. However, your request has 9000 input tokens.`;
  it.each([
    [401, { error: 'Unauthorized' }, 'ENGINE_UNAVAILABLE', /does not answer/],
    [
      400,
      { object: 'error', message: tooLong, type: 'BadRequestError', code: 400 },
      'PROMPT_TOO_LARGE',
      /2048/,
    ],
    [400, { error: { message: tooLong, type: 'BadRequestError', code: 400 } }, 'PROMPT_TOO_LARGE', /2048/],
    [
      404,
      { error: { message: 'The model `served` does not exist.', type: 'NotFoundError', code: 404 } },
      'MODEL_NOT_FOUND',
      /served/,
    ],
    [
      400,
      { error: { message: '"auto" tool choice requires --enable-auto-tool-choice' } },
      'BAD_USER_INPUT',
      /tool/,
    ],
    [404, { detail: 'Not Found' }, 'ENGINE_FAILED', /does not support/],
    [429, { error: { message: 'queue is full' } }, 'ENGINE_UNAVAILABLE', /busy/],
    [
      503,
      { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } },
      'ENGINE_UNAVAILABLE',
      /Loading model/,
    ],
    [500, '<html>Bad gateway', 'ENGINE_FAILED', /failed/],
  ] as const)('that answers with %d %j fails at once', async (status, body, code, message) => {
    await engine.models();
    standin.play({ status: { status, body } });
    const { text, error } = await outcome();
    expect(text).toBe('');
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('closes the connection when an answer is aborted, so that the server stops computing', async () => {
    standin.play({ fault: 'silence' });
    const left = standin.left();
    const stop = new AbortController();
    const stream = engine.generate(hello, stop.signal)[Symbol.asyncIterator]();
    await stream.next();
    stop.abort(new Error('cancelled'));
    await left;
  });

  it('orders and normalizes embeddings', async () => {
    const { vectors, promptTokens } = await engine.embed({ model, input: ['', 'abc'], dimensions: 2 }, never);
    expect(vectors).toEqual([
      [0.6, 0.8],
      [0.6, 0.8],
    ]);
    expect(promptTokens).toBe(9);
  });

  it('lists models with their context, and tells embedding models by their names', async () => {
    standin.play({
      models: [vllmModel, { ...vllmModel, id: 'BAAI/bge-m3' }, { id: '' }, 'broken'] as object[],
    });
    const models = await engine.models();
    expect(
      models.map(({ name, contextLength, capabilities }) => [name, contextLength, capabilities]),
    ).toEqual([
      ['BAAI/bge-m3', 2_048, ['embedding']],
      ['served', 2_048, ['completion', 'tools']],
    ]);
    expect(models[0]?.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is unavailable when the key is wrong or no model is served, and says what to check', async () => {
    expect(await engine.health()).toMatchObject({ kind: 'openai', state: 'ready' });
    standin.play({ models: [] });
    expect(await engine.health()).toMatchObject({ state: 'unavailable', message: /no model/ });
    standin.play({ status: { status: 401, body: { error: 'Unauthorized' } } });
    const { operator, message } = await engine.health();
    expect(message).not.toContain('127.0.0.1');
    expect(operator?.message).toContain('ENGINE_API_KEY');
    await standin.close();
    expect(await engine.health()).toMatchObject({
      state: 'unavailable',
      steps: [expect.stringContaining('ENGINE_URL')],
    });
  });

  it('neither pulls nor deletes models', async () => {
    await expect(engine.remove({ name: model, backend: null }, never)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('managed on its server'),
    });
  });

  it('shares a pool with an Ollama, which takes over when it fails', async () => {
    const ollama = await startOllamaStandin({ models: [`${model}:latest`], tokens: ['from Ollama'] });
    const pool = createEnginePool({
      backends: [
        { url: standin.url, engine, kind: 'The engine' },
        { url: ollama.url, engine: createOllamaEngine({ url: ollama.url, timeoutMs: 1000, slots: 2 }) },
      ],
      slotsPerBackend: 2,
      backendSlots: createMemoryBackendSlots(),
    });
    try {
      await pool.ready();
      expect((await pool.models()).map(({ name }) => name)).toEqual([`${model}:latest`]);
      expect(await pool.health()).toMatchObject({ kind: 'ollama', message: '2 of 2 engines answer.' });
      standin.play({ status: { status: 500, body: { error: { message: 'out of memory' } } } });
      const texts = await Promise.all([1, 2, 3].map(async () => (await read(pool, hello)).text));
      expect(new Set(texts)).toEqual(new Set(['from Ollama']));
      const steps = [];
      for await (const step of pool.pull({ name: 'other:latest', backend: null }, never))
        steps.push(step.backend);
      expect(new Set(steps)).toEqual(new Set([ollama.url]));
    } finally {
      await pool.close();
      await ollama.close();
    }
  });
});
