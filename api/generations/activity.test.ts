import { startTestApp, type TestApp } from '../http/app.testing.ts';

interface Active {
  readonly generationId: string;
  readonly status: string;
  readonly queuePosition: number | null;
  readonly isInConversation: boolean;
  readonly user: { readonly username: string } | null;
}

const list = `{ activeGenerations(first: 20) { edges { node {
  generationId model status queuePosition isInConversation attempt createdAt startedAt user { id username }
} } pageInfo { hasNextPage } } }`;
const cancel = `mutation ($id: ID!) {
  cancelActiveGeneration(input: { id: $id }) { cancelledGenerationId }
}`;
const secret = 'a question that is nobody else’s';

describe('what is made for all users', () => {
  let app: TestApp;
  let member: string;
  let viewer: string;
  beforeAll(async () => {
    app = await startTestApp({ slots: 1 });
    member = (await app.someone('member')).token;
    viewer = (await app.someone('viewer', 'VIEWER')).token;
  });
  afterAll(() => app.stop());

  const ask = async () => {
    type Asked = { readonly generate: { readonly generation: { readonly id: string } } };
    const query =
      'mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }';
    const { data } = await app.graphql<Asked>(query, { prompt: secret }, member);
    return data?.generate.generation.id ?? '';
  };
  const active = async (token = app.token) => {
    type Listed = { readonly activeGenerations: { readonly edges: readonly { readonly node: Active }[] } };
    const { data } = await app.graphql<Listed>(list, {}, token);
    return data?.activeGenerations.edges.map(({ node }) => node) ?? [];
  };
  const until = async (isSo: (shown: readonly Active[]) => boolean) => {
    let shown = await active();
    while (!isSo(shown)) shown = await active();
    return shown;
  };

  it('is there for administrators, in its order, without what is asked', async () => {
    app.standin.play({ tokens: Array.from({ length: 2000 }, () => 'more '), tokensPerSecond: 50 });
    const ids = [await ask(), await ask(), await ask()];
    const shown = await until(([first]) => first?.status === 'RUNNING');
    expect(shown.map(({ generationId }) => generationId)).toEqual(ids);
    expect(shown.map(({ status, queuePosition }) => [status, queuePosition])).toEqual([
      ['RUNNING', null],
      ['QUEUED', 1],
      ['QUEUED', 2],
    ]);
    expect(shown[0]).toMatchObject({ user: { username: 'member' }, isInConversation: true });
    expect(JSON.stringify(shown)).not.toContain(secret);

    // To read it takes more than being an administrator.
    const read = '($id: ID!) { node(id: $id) { ... on Generation { text } } }';
    expect((await app.graphql(`query ${read}`, { id: ids[0] })).data).toEqual({ node: null });
  });

  it('is ended by administrators alone, and the engine stops', async () => {
    const [running, waiting, other] = await active();
    for (const token of [member, viewer]) {
      const { errors } = await app.graphql(cancel, { id: running?.generationId }, token);
      expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
      expect(await active(token)).toEqual([]);
    }
    expect(app.standin.running).toBe(1);

    const { data } = await app.graphql(cancel, { id: waiting?.generationId });
    expect(data).toEqual({ cancelActiveGeneration: { cancelledGenerationId: waiting?.generationId } });
    await app.graphql(cancel, { id: other?.generationId });
    await app.graphql(cancel, { id: running?.generationId });
    expect(await active()).toEqual([]);
    while (app.standin.running > 0) await new Promise(setImmediate);

    const read = 'query ($id: ID!) { node(id: $id) { ... on Generation { status text } } }';
    type Read = { readonly node: { readonly status: string; readonly text: string } };
    const kept = await app.graphql<Read>(read, { id: running?.generationId }, member);
    expect(kept.data?.node.status).toBe('CANCELLED');
    // What has ended stays as it is; what never was is not found.
    expect((await app.graphql(cancel, { id: running?.generationId })).errors).toBeUndefined();
    const absent = Buffer.from('Generation:01ARZ3NDEKTSV4RRFFQ69G5FAV').toString('base64');
    expect((await app.graphql(cancel, { id: absent })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });

  it('is there for an API key of an administrator that may manage', async () => {
    const make =
      'mutation ($scopes: [ApiKeyScope!]!) { createApiKey(input: { name: "k", scopes: $scopes }) { secret } }';
    type Made = { readonly createApiKey: { readonly secret: string } };
    const keyWith = async (scopes: readonly string[]) =>
      (await app.graphql<Made>(make, { scopes })).data?.createApiKey.secret ?? '';
    const [may, mayNot] = [await keyWith(['ADMIN']), await keyWith(['READ', 'CHAT'])];
    expect((await app.graphql(list, {}, may)).errors).toBeUndefined();
    expect((await app.graphql(list, {}, mayNot)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
