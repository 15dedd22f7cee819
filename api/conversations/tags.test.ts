import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

describe('tags on a running server', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const create = (tags: readonly string[], token?: string) =>
    app.graphql<{ createConversation: { conversation: { id: string; tags: string[] } } }>(
      'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id tags } } }',
      { input: { tags } },
      token,
    );
  const tags = async (search: string | null = null, token?: string) => {
    const query = 'query ($search: String) { tags(search: $search) { name conversations } }';
    const { data } = await app.graphql<{ tags: { name: string; conversations: number }[] }>(
      query,
      { search },
      token,
    );
    return data?.tags;
  };

  it('are stored once, without spaces around them, and listed by use for their owner only', async () => {
    const { data } = await create([' Work', 'Work', 'Büro']);
    expect(data?.createConversation.conversation.tags).toEqual(['Work', 'Büro']);
    await create(['Work']);
    expect(await tags()).toEqual([
      { name: 'Work', conversations: 2 },
      { name: 'Büro', conversations: 1 },
    ]);
    expect(await tags('BÜ')).toEqual([{ name: 'Büro', conversations: 1 }]);
    expect(await tags('%')).toEqual([]);
    const { token } = await app.signUp('someone');
    expect(await tags(null, token)).toEqual([]);
  });

  it('are at most 20, of at most 50 characters', async () => {
    const { errors } = await create(Array.from({ length: 21 }, (_, number) => `tag ${number}`));
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect((await create(['x'.repeat(51)])).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect((await create([' '])).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
