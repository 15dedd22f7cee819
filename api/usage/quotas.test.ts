import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { eventually } from '../process/eventually.testing.ts';
import { createSteadyClock } from '../process/steadyClock.ts';
import { openTemporaryStores } from '../sqlite/stores.testing.ts';
import { createQuotas } from './quotas.ts';
import { dayOf } from './usage.ts';

interface GraphQLResponse {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

describe('quotas on a running server', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const ask = async (query: string, variables = {}): Promise<GraphQLResponse> =>
    (await app.post('/graphql', { query, variables })).json();
  const complete = (content = 'Hello.') =>
    app.post('/v1/chat/completions', { model: 'stand-in', messages: [{ role: 'user', content }] });
  const quota = async () => {
    const { data } = await ask('{ viewer { id quota { period used limit resetsAt isNear } } }');
    return data?.viewer as { id: string; quota: Record<string, unknown>[] };
  };

  it('count the tokens that the engine reports, warn near the limit, and are checked before each answer', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '102', QUOTA_MONTH: '1000' } });
    // The stand-in reports 7 tokens for each prompt.
    app.standin.play({ tokens: Array.from({ length: 40 }, () => 'more ') });
    expect((await quota()).quota).toMatchObject([
      { period: 'DAY', used: 0, limit: 102, isNear: false },
      { period: 'MONTH', used: 0, limit: 1000, isNear: false },
    ]);
    expect((await complete()).status).toBe(200);
    expect((await complete()).status).toBe(200);
    const [day, month] = (await quota()).quota;
    expect([day, month]).toMatchObject([
      { used: 94, isNear: true },
      { used: 94, isNear: false },
    ]);
    const midnight = new Date();
    midnight.setUTCHours(24, 0, 0, 0);
    expect(day?.resetsAt).toBe(midnight.toISOString());

    app.standin.play({ tokens: ['Hi.'] });
    expect((await complete('Hey')).status).toBe(200);
    const rejected = await complete('Hey');
    expect([rejected.status, await rejected.json()]).toEqual([
      429,
      { error: expect.objectContaining({ code: 'insufficient_quota' }) },
    ]);
    const { errors } = await ask('mutation { generate(input: { prompt: "More." }) { generation { id } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUOTA_EXCEEDED', retryAfter: expect.any(Number) });
    expect(errors?.[0]?.message).toMatch(/^Daily quota used up \(102 tokens\)\./);
  });

  it('stop an answer that uses them up, and keep its text', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '30' } });
    app.standin.play({
      tokens: Array.from({ length: 200 }, (_, index) => `${index} `),
      tokensPerSecond: 400,
    });
    const { data } = await ask('mutation { generate(input: { prompt: "Count." }) { generation { id } } }');
    const generate = data?.generate as { generation: { id: string } } | undefined;
    const id = generate?.generation.id ?? '';
    const find = async () => {
      const found = await ask(
        'query ($id: ID!) { node(id: $id) { ... on Generation { status text error { code } } } }',
        { id },
      );
      return found.data?.node as { status: string; text: string; error: { code: string } | null };
    };
    const found = await eventually(find, ({ status }) => !['QUEUED', 'RUNNING'].includes(status));
    expect(found).toMatchObject({ status: 'FAILED', error: { code: 'QUOTA_EXCEEDED' } });
    expect(found.text.startsWith('0 1 2 3')).toBe(true);
    expect(found.text.split(' ').length).toBeLessThan(60);
  });

  it('are shared by simultaneous answers, which together use no more than one would', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '300', OLLAMA_NUM_PARALLEL: '4' } });
    app.standin.play({
      tokens: Array.from({ length: 2000 }, (_, index) => `${index} `),
      tokensPerSecond: 40,
    });
    await Promise.all(Array.from({ length: 4 }, () => complete()));
    const [day] = (await quota()).quota;
    expect(Number(day?.used)).toBeLessThanOrEqual(300);
    // An answer stops when the others' reservations, of 16 tokens each, leave less than one token.
    expect(Number(day?.used)).toBeGreaterThan(300 - 4 * 16);
  }, 30_000);

  it('count the prompt of a cancelled answer', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '5000' } });
    app.standin.play({ tokens: Array.from({ length: 2000 }, () => 'more '), tokensPerSecond: 50 });
    const prompt = 'A long question. '.repeat(400);
    const { data } = await ask(
      'mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }',
      { prompt },
    );
    const generate = data?.generate as { generation: { id: string } } | undefined;
    const id = generate?.generation.id ?? '';
    const started = await app.post(
      '/graphql',
      { query: `subscription { generation(id: "${id}") { delta } }` },
      {
        headers: {
          Authorization: `Bearer ${app.token}`,
          'Content-Type': 'application/json',
          Accept: 'text/event-stream',
        },
      },
    );
    for await (const chunk of started.body ?? []) if (new TextDecoder().decode(chunk).includes('more')) break;
    await ask('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { status } } }', {
      id,
    });
    const [day] = (await quota()).quota;
    // About four characters per token.
    expect(Number(day?.used)).toBeGreaterThan(prompt.length / 5);
    expect(Number(day?.used)).toBeLessThan(prompt.length / 2);
  });

  const generate = async (prompt = 'Hello.') => {
    const { data, errors } = await ask(
      'mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }',
      { prompt },
    );
    const started = data?.generate as { generation: { id: string } } | undefined;
    return { id: started?.generation.id ?? '', error: errors?.[0] };
  };
  const find = async (id: string) => {
    const { data } = await ask(
      'query ($id: ID!) { node(id: $id) { ... on Generation { status text error { code } } } }',
      {
        id,
      },
    );
    return data?.node as { status: string; text: string; error: { code: string } | null };
  };
  const slow = { tokens: Array.from({ length: 2000 }, () => 'more '), tokensPerSecond: 20 };

  it('are released by an answer that is cancelled in the queue', async () => {
    app = await startTestApp({ slots: 1, env: { QUOTA_DAY: '100' } });
    app.standin.play({ ...slow, tokensPerSecond: 1 });
    await generate();
    await app.line(({ msg }) => msg === 'generation started');
    const waiting = await generate();
    const rejected = await generate();
    expect(rejected.error?.extensions).toMatchObject({ code: 'QUOTA_EXCEEDED', retryAfter: 5 });
    expect(rejected.error?.message).toMatch(/^Your other answers have reserved the rest/);
    await ask('mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { status } } }', {
      id: waiting.id,
    });
    expect((await generate()).error).toBeUndefined();
  });

  it('are checked again when a queued answer starts', async () => {
    app = await startTestApp({ slots: 1, env: { QUOTA_DAY: '1000' } });
    app.standin.play(slow);
    const running = await generate();
    await app.line(({ msg }) => msg === 'generation started');
    const waiting = await generate();
    const { id } = await quota();
    await ask('mutation ($id: ID!) { setUserQuota(input: { id: $id, day: 30 }) { user { id } } }', { id });
    await app.line(({ msg, generation }) => msg === 'generation ended' && generation !== undefined);
    let found = await find(waiting.id);
    while (['QUEUED', 'RUNNING'].includes(found.status)) found = await find(waiting.id);
    expect(found).toEqual({ status: 'FAILED', text: '', error: { code: 'QUOTA_EXCEEDED' } });
    expect(await find(running.id)).toMatchObject({ status: 'FAILED', error: { code: 'QUOTA_EXCEEDED' } });
  });

  it('count a prompt in advance, with the history that the model reads', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '1000' } });
    app.standin.play({ tokens: ['Yes.'] });
    const long = await generate('A long question. '.repeat(300));
    expect(long.error?.extensions.code).toBe('QUOTA_EXCEEDED');
    expect(long.error?.message).toMatch(/^This prompt needs about 1,\d{3} tokens, but only 1,000 of your/);
    const conversation = async (prompt: string, conversationId: string | null) => {
      const { data, errors } = await ask(
        'mutation ($prompt: String!, $conversationId: ID) { generate(input: { prompt: $prompt, conversationId: $conversationId }) { generation { id } conversation { id } } }',
        { prompt, conversationId },
      );
      expect(errors).toBeUndefined();
      const made = data?.generate as { generation: { id: string }; conversation: { id: string } };
      let found = await find(made.generation.id);
      while (['QUEUED', 'RUNNING'].includes(found.status)) found = await find(made.generation.id);
      return { ...found, conversationId: made.conversation.id };
    };
    const first = await conversation('A long question. '.repeat(150), null);
    expect(first.status).toBe('COMPLETED');
    const { id } = await quota();
    await ask('mutation ($id: ID!) { setUserQuota(input: { id: $id, day: 500 }) { user { id } } }', { id });
    // The prompt itself fits; the history before it doesn't.
    expect(await conversation('And now?', first.conversationId)).toMatchObject({
      status: 'FAILED',
      error: { code: 'QUOTA_EXCEEDED' },
    });
  });

  it('can be overridden for one user by an administrator', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '10' } });
    const { id } = await quota();
    expect((await complete('Hey')).status).toBe(200);
    expect((await complete('Hey')).status).toBe(429);
    const set = (day: number | null) =>
      ask(
        'mutation ($id: ID!, $day: Float) { setUserQuota(input: { id: $id, day: $day }) { user { quota { limit isOwn roleLimit } } } }',
        { id, day },
      );
    expect((await set(100)).data?.setUserQuota).toEqual({
      user: { quota: [{ limit: 100, isOwn: true, roleLimit: 10 }] },
    });
    expect((await complete('Hey')).status).toBe(200);
    expect((await set(-1)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect((await set(null)).data?.setUserQuota).toEqual({
      user: { quota: [{ limit: 10, isOwn: false, roleLimit: 10 }] },
    });
    expect((await complete('Hey')).status).toBe(429);
  });
});

describe('a daily quota', () => {
  it('is granted only once if the clock is set back over midnight, and locks no user out', async () => {
    const stores = await openTemporaryStores();
    const hour = 3_600_000;
    let wall = Date.UTC(2026, 10, 26, 23, 30);
    let elapsed = 0;
    const clock = createSteadyClock(
      () => wall,
      () => elapsed,
    );
    const pass = (ms: number) => {
      wall += ms;
      elapsed += ms;
    };
    const limits = { ADMIN: 100, MEMBER: 100, VIEWER: 100 };
    const none = { ADMIN: null, MEMBER: null, VIEWER: null };
    const roleOf = async () => 'MEMBER' as const;
    const quotas = createQuotas({ usage: stores.usage, day: limits, month: none, roleOf, clock });
    const use = (tokens: number) =>
      stores.usage.add({
        ownerId: 'ada',
        day: dayOf(clock()),
        model: 'm',
        generations: 1,
        cached: 0,
        promptTokens: 0,
        completionTokens: tokens,
      });
    const left = async () => {
      const quota = await quotas.findTightest('ada');
      return quota ? quota.limit - quota.used : null;
    };

    await use(70);
    expect(await left()).toBe(30);
    pass(hour);
    expect(await left()).toBe(100);
    await use(60);
    wall -= hour;
    // The quota stays on the new day, of which 60 tokens are used. It doesn't return to the 70 of the day before.
    expect(await left()).toBe(40);
    pass(hour);
    expect(await left()).toBe(40);
    pass(24 * hour);
    expect(await left()).toBe(100);
    await stores.close();
  });
});
