import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

interface Shared {
  readonly sharedConversation: {
    readonly title: string;
    readonly messages: { readonly edges: readonly { readonly node: object }[] };
  } | null;
}

describe('a shared conversation', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  const ask = async (token: string): Promise<string> => {
    const request = { model: 'stand-in', input: 'What is 2+2?' };
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const answer = await app.post('/v1/responses', request, { headers });
    return ((await answer.json()) as { readonly id: string }).id;
  };

  /** Shares the user's only conversation. Returns the secret of the link. */
  const share = async (token: string): Promise<string> => {
    type Listed = {
      readonly conversations: { readonly edges: readonly { readonly node: { id: string } }[] };
    };
    const listed = await app.graphql<Listed>(
      '{ conversations(first: 1) { edges { node { id } } } }',
      {},
      token,
    );
    const conversationId = listed.data?.conversations.edges[0]?.node.id;
    const mutation =
      'mutation ($input: ShareConversationInput!) { shareConversation(input: $input) { path } }';
    type Made = { readonly shareConversation: { readonly path: string } };
    const made = await app.graphql<Made>(mutation, { input: { conversationId } }, token);
    return made.data?.shareConversation.path.split('/').at(-1) ?? '';
  };

  /** Reads the link without authentication. */
  const read = async (secret: string): Promise<Shared['sharedConversation'] | undefined> => {
    const query = `query ($secret: String!) { sharedConversation(secret: $secret) {
      title messages(first: 9) { edges { node { role content model } } } } }`;
    const body = JSON.stringify({ query, variables: { secret } });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
    return ((await answer.json()) as { readonly data?: Shared }).data?.sharedConversation;
  };

  const expectShared = async (secret: string) =>
    expect((await read(secret))?.messages.edges.map(({ node }) => node)).toEqual([
      { role: 'USER', content: 'What is 2+2?', model: null },
      { role: 'ASSISTANT', content: 'Hello there.', model: 'stand-in:latest' },
    ]);

  it('has the messages and the models, for anyone with the link', async () => {
    const { token } = await app.signUp('ann');
    await ask(token);
    await expectShared(await share(token));
    expect(await read('wrong')).toBeNull();
  });

  it('is unavailable while its owner may not share', async () => {
    const { id, token } = await app.signUp('ben');
    await ask(token);
    const secret = await share(token);
    const setRole = (role: string) =>
      app.graphql('mutation ($input: SetUserRoleInput!) { setUserRole(input: $input) { user { id } } }', {
        input: { id, role },
      });
    await setRole('VIEWER');
    expect(await read(secret)).toBeNull();
    await setRole('MEMBER');
    await expectShared(secret);
  });

  it('is unavailable once its last message is deleted', async () => {
    const { token } = await app.signUp('cam');
    await ask(token);
    const last = await app.post(
      '/v1/responses',
      { model: 'stand-in', input: 'And 3+3?', previous_response_id: await ask(token) },
      { headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } },
    );
    const { id } = (await last.json()) as { readonly id: string };
    const secret = await share(token);
    expect((await read(secret))?.messages.edges).toHaveLength(4);
    const response = await fetch(`${app.url}/v1/responses/${id}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    expect(await read(secret)).toBeNull();
  });
});
