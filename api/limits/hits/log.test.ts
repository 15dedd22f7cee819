import { startTestApp, type TestApp } from '../../http/testing/app.testing.ts';
import { eventually } from '../../process/eventually.testing.ts';

interface Hit {
  readonly limit: string;
  readonly user: { readonly username: string } | null;
  readonly address: string | null;
  readonly count: number;
}

const list =
  '{ limitHits(first: 50) { edges { node { limit user { username } address count firstAt lastAt } } } }';
const generate = 'mutation { generate(input: { prompt: "Hello." }) { generation { id } } }';

describe('the log of limit hits', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const hits = async (token = app.token): Promise<readonly Hit[]> => {
    type Listed = { readonly limitHits: { readonly edges: readonly { readonly node: Hit }[] } };
    const { data } = await app.graphql<Listed>(list, {}, token);
    return data?.limitHits.edges.map(({ node }) => node) ?? [];
  };

  it('shows administrators each caller and limit once, with the number of hits', async () => {
    const env = { RATE_LIMIT: 'MEMBER=1/1h', ADDRESS_LIMIT: '1/1h', QUOTA_DAY: 'VIEWER=1' };
    app = await startTestApp({ env });
    const { token } = await app.signUp('member');
    for (let count = 0; count < 4; count += 1) await app.graphql(generate, {}, token);
    for (let count = 0; count < 3; count += 1) await fetch(`${app.url}/v1/models`);
    const found = await hits();
    expect(found).toHaveLength(2);
    expect(found).toContainEqual(
      expect.objectContaining({
        limit: 'GENERATION_RATE',
        user: { username: 'member' },
        address: null,
        count: 3,
      }),
    );
    expect(found).toContainEqual(
      expect.objectContaining({ limit: 'ADDRESS_RATE', user: null, address: '127.0.0.1', count: 2 }),
    );
    expect((await app.graphql(list, {}, token)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('records each kind of limit separately', async () => {
    const env = { RUNNING_LIMIT: '1', QUOTA_DAY: 'MEMBER=20', REQUEST_LIMIT: 'MEMBER=8/1h' };
    app = await startTestApp({ env });
    app.standin.play({ tokens: Array.from({ length: 500 }, () => 'more '), tokensPerSecond: 20 });
    const { token } = await app.signUp('member');
    await app.graphql(generate, {}, token);
    await app.graphql(generate, {}, token);
    // The quota ends the running answer, and rejects the next one.
    await eventually(hits, (found) => found.some(({ limit }) => limit === 'QUOTA'));
    for (let count = 0; count < 7; count += 1) await app.graphql(generate, {}, token);
    for (let count = 0; count < 6; count += 1) {
      await fetch(`${app.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: 'a password typed as a name', password: 'x' }),
      });
    }
    const found = await hits();
    expect(new Set(found.map(({ limit }) => limit))).toEqual(
      new Set(['RUNNING', 'QUOTA', 'REQUEST_RATE', 'SIGN_IN']),
    );
    expect(JSON.stringify(found)).not.toContain('typed as a name');
  });
});
