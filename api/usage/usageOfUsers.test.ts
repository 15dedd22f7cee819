import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

interface Sum {
  readonly generations: number;
  readonly promptTokens: number;
}
interface UserUsage {
  readonly user: { readonly username: string; readonly lastActiveAt: string | null };
  readonly sum: Sum;
  readonly models: readonly { readonly key: string; readonly sum: Sum }[];
}
interface Answer {
  readonly usageByUser: {
    readonly edges: readonly { readonly cursor: string; readonly node: UserUsage }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
  readonly usageOfAll: { readonly total: Sum; readonly groups: readonly { readonly key: string }[] };
}

const day = '2026-03-01';
const query = `query ($after: String, $first: Int, $from: DateTime) {
  usageByUser(first: $first, after: $after, from: $from, to: "2026-03-31T00:00:00Z") {
    edges { cursor node { user { username lastActiveAt } sum { generations promptTokens }
      models { key sum { generations promptTokens } } } }
    pageInfo { hasNextPage }
  }
  usageOfAll(from: $from, to: "2026-03-31T00:00:00Z", by: MODEL) { total { generations promptTokens } groups { key } }
}`;

describe('the usage of all users', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    const use = async (username: string, model: string, promptTokens: number) => {
      const user = await app.stores.accounts.findUserByName(username);
      const counts = { generations: 1, cached: 0, promptTokens, completionTokens: 0 };
      await app.stores.usage.add({ ownerId: user?.id ?? '', day, model, ...counts });
    };
    await app.signUp('ada');
    await app.signUp('bob');
    await app.signUp('idle');
    await use('ada', 'small', 10);
    await use('ada', 'large', 90);
    await use('bob', 'small', 300);
    await use('admin', 'small', 5);
  });
  afterAll(() => app.stop());

  const ask = (variables: object = {}, token?: string) =>
    app.graphql<Answer>(query, { first: 2, from: '2026-03-01T00:00:00Z', ...variables }, token);

  it('is by user, those of most tokens first, with their models and last activity', async () => {
    const { data } = await ask();
    expect(data?.usageByUser.edges.map(({ node }) => [node.user.username, node.sum.promptTokens])).toEqual([
      ['bob', 300],
      ['ada', 100],
    ]);
    expect(data?.usageByUser.edges[1]?.node.models).toEqual([
      { key: 'large', sum: { generations: 1, promptTokens: 90 } },
      { key: 'small', sum: { generations: 1, promptTokens: 10 } },
    ]);
    expect(data?.usageByUser.edges[0]?.node.user.lastActiveAt).not.toBeNull();
    expect(data?.usageByUser.pageInfo.hasNextPage).toBe(true);
    const next = await ask({ after: data?.usageByUser.edges[1]?.cursor });
    expect(next.data?.usageByUser.edges.map(({ node }) => node.user.username)).toEqual(['admin']);
    expect(next.data?.usageByUser.pageInfo.hasNextPage).toBe(false);
    expect(data?.usageOfAll).toEqual({
      total: { generations: 4, promptTokens: 405 },
      groups: [{ key: 'large' }, { key: 'small' }],
    });
  });

  it('is for administrators only, and covers a year at most', async () => {
    const { token } = await app.signUp('mallory');
    const { data, errors } = await ask({}, token);
    expect(errors?.map(({ extensions }) => extensions.code)).toContain('FORBIDDEN');
    expect(JSON.stringify(data ?? null)).not.toContain('bob');
    const long = await ask({ from: '2024-01-01T00:00:00Z' });
    expect(long.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('keeps the last activity of others from members', async () => {
    const { token } = await app.signUp('curious');
    const own = await app.graphql<{ viewer: { lastActiveAt: string | null } }>(
      '{ viewer { lastActiveAt } }',
      {},
      token,
    );
    expect(own.data?.viewer.lastActiveAt).not.toBeNull();
  });
});
