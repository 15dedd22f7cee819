import { startTestApp, type TestApp } from '../../http/testing/app.testing.ts';

const options = { temperature: 0 };

describe('cached answers', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ slots: 1 });
  });
  beforeEach(() => app.standin.play({ tokens: ['two ', 'and ', 'two'], chat: undefined }));
  afterAll(() => app.stop());

  const ask = async <Data>(query: string, variables: object): Promise<Data> => {
    const response = await app.post('/graphql', { query, variables });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };

  const start = async (input: object): Promise<string> => {
    const { generate } = await ask<{ generate: { generation: { id: string } } }>(
      'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }',
      { input },
    );
    return generate.generation.id;
  };

  /** Watches a generation to its end over SSE, and returns the result. */
  const read = async (id: string) => {
    const response = await app.post(
      '/graphql',
      {
        query: `subscription ($id: ID!) { generation(id: $id) {
          offset delta status generation { cached text usage { promptTokens completionTokens } }
        } }`,
        variables: { id },
      },
      { headers: { ...jsonHeaders(app), accept: 'text/event-stream' } },
    );
    const events = [...(await response.text()).matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => {
      const { data } = JSON.parse(json) as { data: { generation: StreamEvent } };
      return data.generation;
    });
    const text = events.reduce((sofar, { offset, delta }) => sofar.slice(0, offset) + delta, '');
    const last = events.at(-1);
    return { text, status: last?.status, cached: last?.generation.cached, usage: last?.generation.usage };
  };

  const answer = async (input: object) => read(await start(input));
  const asked = () => app.standin.chats.length;

  it('are returned for the same question with temperature 0, streamed and stored like any other', async () => {
    const before = asked();
    const prompt = 'How much is two and two?';
    expect(await answer({ prompt, options })).toMatchObject({ text: 'two and two', cached: false });
    const again = await answer({ prompt, options });
    expect(again).toMatchObject({ text: 'two and two', status: 'COMPLETED', cached: true });
    expect(asked()).toBe(before + 1);
    expect(await answer({ prompt, options: { seed: 7 } })).toMatchObject({ cached: false });
    expect(await answer({ prompt: `${prompt}!`, options })).toMatchObject({ cached: false });
  });

  it('are returned while the engine has no free slot', async () => {
    const prompt = 'Is there room?';
    await answer({ prompt, options });
    app.standin.play({ tokens: Array.from({ length: 500 }, () => 'a '), tokensPerSecond: 50 });
    const long = await start({ prompt: 'Take the slot.' });
    expect(await answer({ prompt, options })).toMatchObject({ text: 'two and two', cached: true });
    await ask('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }', {
      id: long,
    });
  });

  it('are not returned if the options do not make them repeatable, except with PREFER', async () => {
    const prompt = 'Say anything.';
    expect(await answer({ prompt })).toMatchObject({ cached: false });
    expect(await answer({ prompt })).toMatchObject({ cached: false });
    expect(await answer({ prompt, cache: 'PREFER' })).toMatchObject({ cached: false });
    expect(await answer({ prompt, cache: 'PREFER' })).toMatchObject({ cached: true });
    expect(await answer({ prompt })).toMatchObject({ cached: false });
  });

  it('are recomputed and replaced with REFRESH, and ignored with BYPASS', async () => {
    const prompt = 'What is new?';
    await answer({ prompt, options });
    app.standin.play({ tokens: ['something'] });
    expect(await answer({ prompt, options, cache: 'BYPASS' })).toMatchObject({
      text: 'something',
      cached: false,
    });
    expect(await answer({ prompt, options })).toMatchObject({ text: 'two and two', cached: true });
    expect(await answer({ prompt, options, cache: 'REFRESH' })).toMatchObject({
      text: 'something',
      cached: false,
    });
    expect(await answer({ prompt, options })).toMatchObject({ text: 'something', cached: true });
  });

  it('are computed once for simultaneous requests, all of which see them stream', async () => {
    const before = asked();
    app.standin.play({ tokens: Array.from({ length: 30 }, (_, index) => `${index} `), tokensPerSecond: 100 });
    const whole = Array.from({ length: 30 }, (_, index) => `${index} `).join('');
    const ids = await Promise.all(
      Array.from({ length: 10 }, () => start({ prompt: 'Count for all of us.', options })),
    );
    const answers = await Promise.all(ids.map(read));
    expect(answers.map(({ text, status }) => ({ text, status }))).toEqual(
      Array(10).fill({ text: whole, status: 'COMPLETED' }),
    );
    expect(answers.filter(({ cached }) => !cached)).toHaveLength(1);
    expect(asked()).toBe(before + 1);
  });

  it('are computed by the next request if the first one is cancelled or fails', async () => {
    const tokens = Array.from({ length: 200 }, (_, index) => `${index} `);
    const whole = tokens.join('');
    // Continues a partial answer, like a model.
    app.standin.play({
      chat: ({ messages }) => {
        const last = (messages as { role: string; content: string }[]).at(-1);
        const begun = last?.role === 'assistant' ? last.content : '';
        return { tokens: [whole.slice(begun.length, begun.length + 1), whole.slice(begun.length + 1)] };
      },
      tokensPerSecond: 5,
    });
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.push(await start({ prompt: 'Count on.', options }));
    const [first = '', ...others] = ids;
    const reads = others.map(read);
    await ask('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { id } } }', {
      id: first,
    });
    for (const { text, status } of await Promise.all(reads)) {
      expect({ text, status }).toEqual({ text: whole, status: 'COMPLETED' });
    }
  });

  it('can be controlled over REST with Cache-Control', async () => {
    const before = asked();
    const body = {
      model: 'stand-in',
      messages: [{ role: 'user', content: 'Over REST?' }],
      options,
      stream: false,
    };
    const chat = (headers: Record<string, string> = {}) =>
      app.post('/api/llm/chat', body, { headers: { ...jsonHeaders(app), ...headers } });
    const first = (await (await chat()).json()) as { message: { content: string } };
    const second = (await (await chat()).json()) as { message: { content: string }; eval_count: number };
    expect(second.message.content).toBe(first.message.content);
    expect(asked()).toBe(before + 1);
    await (await chat({ 'Cache-Control': 'no-cache' })).json();
    expect(asked()).toBe(before + 2);
    await (await chat({ 'Cache-Control': 'no-store' })).json();
    expect(asked()).toBe(before + 3);
  });
});

interface StreamEvent {
  readonly offset: number;
  readonly delta: string;
  readonly status: string;
  readonly generation: { readonly cached: boolean; readonly usage: unknown };
}

const jsonHeaders = ({ token }: TestApp) => ({
  Authorization: `Bearer ${token}`,
  'Content-Type': 'application/json',
});
