import { startTestApp, type TestApp } from '../testing/app.testing.ts';

describe('the model of an answer over REST', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const chat = (model: string, more: object = {}) =>
    app.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'Hi.' }], ...more });

  it('may be an alias or a fallback, with the reason in a header, also of a stream', async () => {
    app = await startTestApp({
      env: { MODEL_ALIASES: 'fast=stand-in, code=codellama:7b>stand-in', MODEL_FALLBACK: 'missing,stand-in' },
    });
    const fast = await chat('fast');
    expect(fast.headers.get('x-model-reason')).toBe('"fast" is an alias of stand-in:latest.');
    expect(await fast.json()).toMatchObject({ model: 'stand-in:latest' });
    const code = await chat('code', { stream: true });
    expect(code.headers.get('x-model-reason')).toContain('codellama:7b is not installed');
    await code.text();
    const fallback = await app.post('/api/chat', {
      model: 'llama3.2',
      messages: [{ role: 'user', content: 'Hi.' }],
      stream: false,
    });
    expect(fallback.headers.get('x-model-reason')).toBe(
      'llama3.2 is not installed, so stand-in:latest answered.',
    );
    await fallback.json();
    const plain = await chat('stand-in');
    expect(plain.headers.get('x-model-reason')).toBeNull();
    await plain.json();
    expect((await chat('unknown')).status).toBe(404);
  });

  it('lists aliases beside the installed models, as names that can be requested', async () => {
    app = await startTestApp({ env: { MODEL_ALIASES: 'fast=stand-in,none=missing' } });
    const get = async (path: string) => (await app.get(path)).json();
    const { data } = (await get('/v1/models')) as { data: readonly { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(['stand-in:latest', 'fast']);
    for (const { id } of data) expect(await get(`/v1/models/${id}`)).toMatchObject({ id });
    for (const path of ['/api/tags', '/api/llm/models']) {
      const { models } = (await get(path)) as { models: readonly { name: string }[] };
      expect(models.map(({ name }) => name)).toEqual(['stand-in:latest', 'fast']);
    }
    const shown = await app.post('/api/show', { model: 'fast' });
    expect(shown.status).toBe(200);
  });

  it('gets a reason in GraphQL too', async () => {
    app = await startTestApp({ env: { MODEL_ALIASES: 'fast=stand-in' } });
    const { data } = await app.graphql<{ generate: { modelReason: string; generation: { model: string } } }>(
      'mutation { generate(input: { prompt: "Hi.", model: "fast" }) { modelReason generation { model } } }',
    );
    expect(data?.generate).toEqual({
      modelReason: '"fast" is an alias of stand-in:latest.',
      generation: { model: 'stand-in:latest' },
    });
  });

  it('runs with the context that num_ctx asks for, up to CONTEXT_LIMIT', async () => {
    app = await startTestApp({ env: { CONTEXT_LIMIT: '16384' } });
    app.standin.play({ contextLength: 131_072 });
    const ask = async (options: object) => {
      const messages = [{ role: 'user', content: 'Hi.' }];
      const response = await app.post('/api/chat', { model: 'stand-in', messages, options, stream: false });
      return response.status;
    };
    expect(await ask({})).toBe(200);
    expect(await ask({ num_ctx: 10_000 })).toBe(200);
    expect(await ask({ num_ctx: 99_999 })).toBe(200);
    expect(await ask({ num_ctx: 0 })).toBe(200);
    expect(await ask({ num_ctx: -1 })).toBe(400);
    expect(app.standin.chats.map(({ options }) => Object(options).num_ctx)).toEqual([
      8_192, 16_384, 16_384, 8_192,
    ]);
  });
});
