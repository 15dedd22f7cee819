import { startTestApp, type TestApp } from '../http/app.testing.ts';

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

describe('quotas on the running server', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const ask = async (query: string, variables = {}): Promise<Answer> =>
    (await app.post('/graphql', { query, variables })).json();
  const complete = (content = 'Hello.') =>
    app.post('/v1/chat/completions', { model: 'stand-in', messages: [{ role: 'user', content }] });
  const quota = async () => {
    const { data } = await ask('{ viewer { id quota { period used limit resetsAt isNear } } }');
    return data?.viewer as { id: string; quota: Record<string, unknown>[] };
  };

  it('are counted by what the engine says, warn before they are used up, and are checked before the next answer', async () => {
    // The stand-in says 10 tokens of each.
    app = await startTestApp({ env: { QUOTA_DAY: '25', QUOTA_MONTH: '1000' } });
    expect((await quota()).quota).toMatchObject([
      { period: 'DAY', used: 0, limit: 25, isNear: false },
      { period: 'MONTH', used: 0, limit: 1000, isNear: false },
    ]);
    expect((await complete()).status).toBe(200);
    expect((await complete()).status).toBe(200);
    const [day, month] = (await quota()).quota;
    expect([day, month]).toMatchObject([
      { used: 20, isNear: true },
      { used: 20, isNear: false },
    ]);
    const midnight = new Date();
    midnight.setUTCHours(24, 0, 0, 0);
    expect(day?.resetsAt).toBe(midnight.toISOString());

    expect((await complete()).status).toBe(200);
    const refused = await complete();
    expect([refused.status, await refused.json()]).toEqual([
      429,
      { error: expect.objectContaining({ code: 'insufficient_quota' }) },
    ]);
    const { errors } = await ask('mutation { generate(input: { prompt: "More." }) { generation { id } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUOTA_EXCEEDED', retryAfter: expect.any(Number) });
    expect(errors?.[0]?.message).toMatch(/^You have used your 25 tokens of today\./);
  });

  it('end an answer that uses up the rest of them, with its text kept', async () => {
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
    let found = await find();
    while (['QUEUED', 'RUNNING'].includes(found.status)) found = await find();
    expect(found).toMatchObject({ status: 'FAILED', error: { code: 'QUOTA_EXCEEDED' } });
    expect(found.text.startsWith('0 1 2 3')).toBe(true);
    expect(found.text.split(' ').length).toBeLessThan(60);
  });

  it('can be others for one user, whom an administrator gives them', async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '5' } });
    const { id } = await quota();
    expect((await complete()).status).toBe(200);
    expect((await complete()).status).toBe(429);
    const set = (day: number | null) =>
      ask(
        'mutation ($id: ID!, $day: Float) { setUserQuota(input: { id: $id, day: $day }) { user { quota { limit } } } }',
        {
          id,
          day,
        },
      );
    expect((await set(100)).data?.setUserQuota).toEqual({ user: { quota: [{ limit: 100 }] } });
    expect((await complete()).status).toBe(200);
    expect((await set(-1)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect((await set(null)).data?.setUserQuota).toEqual({ user: { quota: [{ limit: 5 }] } });
    expect((await complete()).status).toBe(429);
  });
});
