import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

describe('the usage of a user', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const report = async (args = '') => {
    const query = `{ usage${args} { total { generations cachedGenerations cacheHitRate promptTokens completionTokens }
      groups { key sum { generations } } } }`;
    const response = await app.post('/graphql', { query });
    return (await response.json()) as {
      data?: { usage: { total: object; groups: { key: string; sum: { generations: number } }[] } };
      errors?: { message: string; extensions: { code: string } }[];
    };
  };

  it('is zero at first', async () => {
    const { data } = await report();
    expect(data?.usage).toEqual({
      total: {
        generations: 0,
        cachedGenerations: 0,
        cacheHitRate: null,
        promptTokens: 0,
        completionTokens: 0,
      },
      groups: [],
    });
  });

  it('counts the engine’s tokens, cached answers at no cost, by day or by model', async () => {
    const complete = (content: string) =>
      app.post('/v1/chat/completions', {
        model: 'stand-in',
        temperature: 0,
        messages: [{ role: 'user', content }],
      });
    for (const content of ['One?', 'One?', 'Two?', 'One?']) {
      expect((await complete(content)).status).toBe(200);
    }
    const { data } = await report();
    // The stand-in reports 7 and 3 tokens for each.
    expect(data?.usage.total).toEqual({
      generations: 4,
      cachedGenerations: 2,
      cacheHitRate: 0.5,
      promptTokens: 14,
      completionTokens: 6,
    });
    const today = new Date().toISOString().slice(0, 10);
    expect(data?.usage.groups).toEqual([{ key: today, sum: { generations: 4 } }]);
    expect((await report('(by: MODEL)')).data?.usage.groups).toEqual([
      { key: 'stand-in:latest', sum: { generations: 4 } },
    ]);
    expect((await report('(to: "2020-01-01T00:00:00Z")')).data?.usage.groups).toEqual([]);
  });

  it('covers a year at most, and rejects a range that ends before it starts', async () => {
    for (const args of [
      '(from: "2026-02-01T00:00:00Z", to: "2026-01-01T00:00:00Z")',
      '(from: "2020-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z")',
    ]) {
      expect((await report(args)).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });
});
