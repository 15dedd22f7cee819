import { startTestApp, type TestApp } from '../../http/testing/app.testing.ts';

interface Listed {
  readonly conversations: {
    readonly edges: readonly { readonly node: { readonly context: { readonly usedTokens: number } } }[];
  };
}

describe('the contexts of conversations', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const list = (first: number) =>
    app.graphql<Listed>(`{ conversations(first: ${first}) { edges { node { context { usedTokens } } } } }`);

  it('are measured, but not many in one operation', async () => {
    const prompts = ['One.', 'Two.', 'Three.'];
    for (const prompt of prompts) {
      const { errors } = await app.graphql(
        'mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }',
        { input: { prompt } },
      );
      expect(errors).toBeUndefined();
    }
    const { data } = await list(10);
    const used = data?.conversations.edges.map(({ node }) => node.context.usedTokens) ?? [];
    expect(used).toHaveLength(prompts.length);
    expect(Math.min(...used)).toBeGreaterThan(0);
    const { errors } = await list(100);
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['TOO_COMPLEX']);
  });
});
