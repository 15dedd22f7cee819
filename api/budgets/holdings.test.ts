import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

interface Holding {
  readonly resource: string;
  readonly kind: string;
  readonly user: { readonly username: string } | null;
  readonly amount: number;
}

describe('what users hold of resources that other services limit', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { QUOTA_DAY: '5000', RUNNING_LIMIT: '1' } });
    app.standin.play({ tokens: Array.from({ length: 600 }, () => 'a '), tokensPerSecond: 10 });
  });
  afterAll(() => app.stop());

  const holdings = async (resource?: string) => {
    const list = `query ($resource: HeldResource) { holdings(first: 50, resource: $resource) { edges { node {
      resource kind user { username } amount } } } }`;
    type Listed = { readonly holdings: { readonly edges: readonly { readonly node: Holding }[] } };
    const { data } = await app.graphql<Listed>(list, { resource: resource ?? null });
    return data?.holdings.edges.map(({ node }) => node) ?? [];
  };
  const ask = (token: string) =>
    app.graphql<{ generate: { generation: { id: string } } }>(
      'mutation { generate(input: { prompt: "Hello" }) { generation { id } } }',
      {},
      token,
    );

  it('is listed for administrators, and counted in the metrics, with the limits that were reached', async () => {
    const { token } = await app.signUp('mia');
    expect((await ask(token)).errors).toBeUndefined();
    const mine = (resource: string) => ({
      resource,
      kind: 'USER',
      user: { username: 'mia' },
      amount: expect.any(Number),
    });
    const all = await holdings();
    for (const resource of ['RUNNING_ANSWERS', 'RESERVED_TOKENS', 'STORED_BYTES']) {
      expect(all).toContainEqual(mine(resource));
      const only = await holdings(resource);
      expect(only).toEqual([mine(resource)]);
      expect(only[0]?.amount).toBeGreaterThan(0);
    }
    expect((await holdings('RUNNING_ANSWERS'))[0]?.amount).toBe(1);

    expect((await ask(token)).errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
    const text = await (await fetch(`${app.url}/metrics`)).text();
    expect(text).toContain('ziggie_budget_held_by_all{resource="RUNNING_ANSWERS"} 1\n');
    expect(text).toMatch(/ziggie_budget_held_by_all\{resource="RESERVED_TOKENS"\} [1-9]/);
    expect(text).toMatch(/ziggie_budget_held_by_all\{resource="STORED_BYTES"\} [1-9]/);
    expect(text).toContain('ziggie_limits_reached_total{limit="RUNNING"} 1\n');
    // No series has the id or the name of a caller.
    expect(text).not.toContain('mia');
  }, 30_000);

  it('is not listed for others', async () => {
    const { token } = await app.signUp('ben');
    const { errors } = await app.graphql('{ holdings(first: 1) { edges { cursor } } }', {}, token);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
