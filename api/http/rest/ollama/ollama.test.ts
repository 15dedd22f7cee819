import { Ollama } from 'ollama';
import { rawLength } from '../../../engine/standin/standinEmbed.ollama.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';
import { generateResponse } from './ollamaResponses.ts';

const model = 'stand-in';
const messages = [{ role: 'user', content: 'What is 2+2?' }];

describe("Ollama's client", () => {
  let test: TestApp;
  let ollama: Ollama;
  const clientOf = (token: string) =>
    new Ollama({ host: test.url, headers: { Authorization: `Bearer ${token}` } });

  beforeAll(async () => {
    test = await startTestApp({ timeoutMs: 300 });
    ollama = clientOf(test.token);
  });
  beforeEach(() => test.standin.play({}));
  afterAll(() => test.stop());

  it('lists, shows and counts the loaded models, and asks for the version', async () => {
    expect((await ollama.list()).models).toMatchObject([
      { name: 'stand-in:latest', details: { family: 'llama' } },
    ]);
    expect(await ollama.show({ model })).toMatchObject({
      details: { family: 'llama', parameter_size: '1B' },
      model_info: {
        'general.architecture': 'llama',
        'general.parameter_count': 1e9,
        'llama.context_length': 2048,
      },
      capabilities: ['completion'],
    });
    expect((await ollama.ps()).models).toMatchObject([{ name: 'stand-in:latest', context_length: 2048 }]);
    expect((await ollama.version()).version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('chats and generates, in one document or streamed', async () => {
    const whole = await ollama.chat({ model, messages });
    expect(whole).toMatchObject({
      message: { role: 'assistant', content: 'Hello there.' },
      done_reason: 'stop',
    });
    expect((await ollama.generate({ model, prompt: 'Hi', system: 'Be brief.' })).response).toBe(
      'Hello there.',
    );
    expect(test.standin.chats.at(-1)).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    });
    let text = '';
    for await (const { message } of await ollama.chat({ model, messages, stream: true }))
      text += message.content;
    expect(text).toBe('Hello there.');
  });

  it('gets a stream by default', async () => {
    const response = await test.post('/api/generate', { model, prompt: 'Hi' });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect((await response.text()).trim().split('\n').length).toBeGreaterThan(1);
  });

  it('loads a model by an empty prompt, and may not unload it', async () => {
    const answer = generateResponse.parse(await ollama.generate({ model, prompt: '' }));
    expect(answer).toMatchObject({ model: 'stand-in:latest', response: '', done: true, done_reason: 'load' });
    expect(await ollama.chat({ model, messages: [] })).toMatchObject({
      message: { content: '' },
      done_reason: 'load',
    });
    const lines = await (await test.post('/api/generate', { model })).text();
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ done: true }]);
    expect(test.standin.chats.at(-1)).toMatchObject({ options: { num_predict: 1 } });
    await expect(ollama.generate({ model, prompt: '', keep_alive: 0 })).rejects.toMatchObject({
      status_code: 403,
      error: expect.stringContaining('the server decides when it unloads one'),
    });
  });

  it('has its options honoured, within what the engine takes', async () => {
    const options = {
      temperature: 0,
      min_p: 0.1,
      repeat_penalty: 1.1,
      repeat_last_n: -1,
      presence_penalty: 0.5,
      frequency_penalty: -1,
      num_predict: 200_000,
      seed: -1,
      num_thread: 4,
      penalize_newline: true,
      stop: ['x'],
    };
    await ollama.chat({ model, messages, options });
    expect(test.standin.chats.at(-1)?.options).toEqual({
      temperature: 0,
      min_p: 0.1,
      repeat_penalty: 1.1,
      repeat_last_n: -1,
      presence_penalty: 0.5,
      frequency_penalty: -1,
      num_predict: 131_072,
      num_ctx: 2048,
      stop: ['x'],
    });
    await ollama.chat({
      model,
      messages,
      options: { seed: 2 ** 40 + 5, num_predict: -2, num_ctx: 0, stop: [''] },
    });
    expect(test.standin.chats.at(-1)?.options).toEqual({ num_ctx: 2048, seed: 5 });
  });

  it('has a message of the role developer read as one of the system', async () => {
    const developer = { role: 'developer', content: 'Be brief.' };
    await ollama.chat({ model, messages: [developer, ...messages] });
    expect(test.standin.chats.at(-1)).toMatchObject({ messages: [{ role: 'system' }, { role: 'user' }] });
  });

  it('generates for a prompt of white space, as on Ollama', async () => {
    expect(await ollama.generate({ model, prompt: '  ' })).toMatchObject({ response: 'Hello there.' });
  });

  it('gets an error that names a template which Ollama cannot parse', async () => {
    test.standin.play({
      fault: { kind: 'status', status: 500, body: '{"error":"template: :1: unclosed action"}' },
    });
    await expect(ollama.generate({ model, prompt: 'Hi', template: '{{ .B' })).rejects.toMatchObject({
      status_code: 400,
      error: "Ollama can't parse this template: template: :1: unclosed action",
    });
  });

  it.each([true, false, 'low', 'medium', 'high'] as const)(
    'has think: %j passed to a thinking model',
    async (think) => {
      test.standin.play({ capabilities: ['completion', 'thinking'], models: ['thinker:latest'] });
      await ollama.chat({ model: 'thinker', messages, think });
      expect(test.standin.chats.at(-1)).toMatchObject({ think });
    },
  );

  it('may switch thinking off where there is none, but not on', async () => {
    await ollama.chat({ model, messages, think: false });
    expect(test.standin.chats.at(-1)).not.toHaveProperty('think');
    await expect(ollama.chat({ model, messages, think: 'low' })).rejects.toThrow('does not support thinking');
  });

  it('sends a history of tool calls as its libraries write it', async () => {
    const history = [
      ...messages,
      {
        role: 'assistant',
        tool_calls: [{ function: { name: 'now', arguments: {} } }, { function: { name: 'now' } }],
      },
      { role: 'tool', tool_name: 'now', content: '12:00' },
    ];
    const response = await test.post('/api/chat', { model, messages: history, stream: false });
    expect(response.status).toBe(200);
    expect(test.standin.chats.at(-1)).toMatchObject({
      messages: [
        {},
        { role: 'assistant', content: '', tool_calls: [{ function: { name: 'now', arguments: {} } }, {}] },
        { role: 'tool', tool_name: 'now', content: '12:00' },
      ],
    });
  });

  it('sends images in base64, wrapped into lines or not', async () => {
    test.standin.play({ capabilities: ['completion', 'vision'], models: ['seer:latest'] });
    const wrapped = `${'QUJD'.repeat(19)}\n${'QUJD'.repeat(3)}\r\n`;
    await test.post('/api/generate', {
      model: 'seer',
      prompt: 'What is it?',
      images: [wrapped],
      stream: false,
    });
    expect(test.standin.chats.at(-1)).toMatchObject({ messages: [{ images: ['QUJD'.repeat(22)] }] });
  });

  it('continues the beginning of an answer', async () => {
    await ollama.chat({ model, messages: [...messages, { role: 'assistant', content: 'It is' }] });
    expect(test.standin.chats.at(-1)).toMatchObject({
      messages: [{}, { role: 'assistant', content: 'It is' }],
    });
  });

  it('computes embeddings, of one text or several', async () => {
    const {
      model: name,
      embeddings,
      prompt_eval_count,
    } = await ollama.embed({ model, input: ['one two', 'three'] });
    expect([name, embeddings.length, prompt_eval_count]).toEqual(['stand-in:latest', 2, 3]);
    expect((await ollama.embed({ model, input: 'one', dimensions: 4 })).embeddings[0]).toHaveLength(4);
    expect((await ollama.embed({ model, input: 'word '.repeat(4000) })).embeddings).toHaveLength(1);
    await expect(ollama.embed({ model, input: 'word '.repeat(4000), truncate: false })).rejects.toThrow(
      'context',
    );
    expect((await ollama.embed({ model, input: '' })).embeddings).toEqual([]);
    await expect(ollama.embed({ model, input: [''] })).rejects.toThrow('input[0] is empty');
    const [unit = []] = (await ollama.embed({ model, input: 'one', dimensions: 0 })).embeddings;
    // The older path has the vector as the model gives it.
    const { embedding } = await ollama.embeddings({ model, prompt: 'one' });
    expect(Math.hypot(...embedding)).toBeCloseTo(rawLength, 5);
    expect(embedding).toEqual(unit.map((value) => expect.closeTo(value * rawLength, 5)));
    expect((await ollama.embeddings({ model, prompt: '' })).embedding).toEqual([]);
  });

  it('gets errors whose message its exceptions carry', async () => {
    await expect(ollama.chat({ model: 'nosuch', messages })).rejects.toMatchObject({
      status_code: 404,
      error: 'Model "nosuch" is not installed. Installed models: stand-in:latest.',
    });
    await expect(clientOf('nonsense').list()).rejects.toMatchObject({
      status_code: 401,
      error: expect.stringContaining('bearer token is not valid'),
    });
    const response = await test.post('/api/chat', { model, messages, options: { temperature: 9 } });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'options.temperature must be at most 2.' },
    ]);
    test.standin.play({ fault: { kind: 'error line', after: 1, message: 'out of memory' } });
    const read = async () => {
      for await (const _ of await ollama.chat({ model, messages, stream: true }));
    };
    await expect(read()).rejects.toThrow(/engine|Ollama/i);
  });

  it('pulls and deletes models for administrators only', async () => {
    test.standin.play({ pull: { steps: 4, stepsPerSecond: 20 } });
    const seen: { readonly status: string; readonly total?: number }[] = [];
    for await (const progress of await ollama.pull({ model: 'fetched', stream: true })) seen.push(progress);
    expect(seen.at(-1)).toMatchObject({ status: 'success' });
    expect(seen.some(({ total }) => total === 4000)).toBe(true);
    expect((await ollama.list()).models.map(({ name }) => name)).toContain('fetched:latest');
    await ollama.delete({ model: 'fetched' });
    expect((await ollama.list()).models.map(({ name }) => name)).not.toContain('fetched:latest');
    expect(await ollama.pull({ model: 'again' })).toMatchObject({ status: 'success' });
    await expect(ollama.delete({ model: 'nosuch' })).rejects.toMatchObject({ status_code: 404 });

    const member = clientOf((await test.signUp('member')).token);
    await expect(member.pull({ model: 'fetched' })).rejects.toMatchObject({ status_code: 403 });
    await expect(member.delete({ model })).rejects.toMatchObject({ status_code: 403 });
  });

  it('gets the reason of a pull that fails', async () => {
    test.standin.play({ pull: { fault: 'unknown' } });
    await expect(ollama.pull({ model: 'unknown' })).rejects.toThrow(
      'No model unknown:latest exists in the registry.',
    );
  });

  it.each([
    ['POST', '/api/create'],
    ['POST', '/api/push'],
    ['POST', '/api/copy'],
    ['POST', '/api/blobs/sha256:0'],
    ['HEAD', '/api/blobs/sha256:0'],
  ])('may not %s %s, and gets the reason', async (method, path) => {
    const headers = { Authorization: `Bearer ${test.token}` };
    const response = await fetch(test.url + path, { method, headers });
    expect(response.status).toBe(403);
    if (method === 'POST') {
      expect(await response.json()).toEqual({ error: expect.stringContaining('only its owner may') });
    }
  });

  it('accepts a key as X-API-Key without a content type, as curl -d sends it', async () => {
    const response = await fetch(`${test.url}/api/chat`, {
      method: 'POST',
      headers: { 'X-API-Key': await keyOf(test), 'Content-Type': 'application/x-www-form-urlencoded' },
      body: JSON.stringify({ model, messages, stream: false }),
    });
    expect(response.status).toBe(200);
  });

  it('is limited like every other request surface', async () => {
    const limited = await startTestApp({ env: { RATE_LIMIT: '1/1h', QUOTA_DAY: '1000000' } });
    const headers = { Authorization: `Bearer ${limited.token}` };
    const client = new Ollama({ host: limited.url, headers });
    await client.chat({ model, messages });
    const response = await limited.post('/api/chat', { model, messages });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await response.json()).toEqual({ error: expect.any(String) });
    await limited.stop();
  });
});

/** Creates an API key of the administrator. */
const keyOf = async (test: TestApp): Promise<string> => {
  const create = 'mutation { createApiKey(input: { name: "key", scopes: [CHAT] }) { secret } }';
  const { data } = await test.graphql<{ createApiKey: { secret: string } }>(create);
  return data?.createApiKey.secret ?? '';
};
