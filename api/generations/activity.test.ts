import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { eventually } from '../process/eventually.testing.ts';

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
const globalId = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64');
const secret = 'a question of another user';
const answered = 'a secret told ';

describe('the active generations of all users', () => {
  let app: TestApp;
  let member: string;
  let viewer: string;
  beforeAll(async () => {
    app = await startTestApp({ slots: 1 });
    member = (await app.signUp('member')).token;
    viewer = (await app.signUp('viewer', 'VIEWER')).token;
  });
  afterAll(() => app.stop());

  const ask = async () => {
    type CacheKeyInput = { readonly generate: { readonly generation: { readonly id: string } } };
    const query =
      'mutation ($prompt: String!) { generate(input: { prompt: $prompt }) { generation { id } } }';
    const { data } = await app.graphql<CacheKeyInput>(query, { prompt: secret }, member);
    return data?.generate.generation.id ?? '';
  };
  const active = async (token = app.token) => {
    type Listed = { readonly activeGenerations: { readonly edges: readonly { readonly node: Active }[] } };
    const { data } = await app.graphql<Listed>(list, {}, token);
    return data?.activeGenerations.edges.map(({ node }) => node) ?? [];
  };
  const expectForbidden = async (token: string, query: string, variables = {}) => {
    const { data, errors } = await app.graphql(query, variables, token);
    expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  };

  it('are listed for administrators in order, without prompts', async () => {
    app.standin.play({ tokens: Array.from({ length: 2000 }, () => answered), tokensPerSecond: 50 });
    const ids = [await ask(), await ask(), await ask()];
    const shown = await eventually(active, ([first]) => first?.status === 'RUNNING');
    expect(shown.map(({ generationId }) => generationId)).toEqual(ids);
    expect(shown.map(({ status, queuePosition }) => [status, queuePosition])).toEqual([
      ['RUNNING', null],
      ['QUEUED', 1],
      ['QUEUED', 2],
    ]);
    expect(shown[0]).toMatchObject({ user: { username: 'member' }, isInConversation: true });

    // The answer has begun by now.
    const currentText = 'query ($id: ID!) { node(id: $id) { ... on Generation { text } } }';
    type SoFar = { readonly node: { readonly text: string } };
    const text = async () =>
      (await app.graphql<SoFar>(currentText, { id: ids[0] }, member)).data?.node.text ?? '';
    await eventually(text, (shown) => shown.includes(answered));
    const { data } = await app.graphql(list);
    expect(JSON.stringify(data)).not.toMatch(new RegExp(`${secret}|${answered}`));

    // Administrators can't read it.
    const read = '($id: ID!) { node(id: $id) { ... on Generation { text } } }';
    expect((await app.graphql(`query ${read}`, { id: ids[0] })).data).toEqual({ node: null });
  });

  it('are paged', async () => {
    const all = await active();
    const page =
      'query ($after: String) { activeGenerations(first: 2, after: $after) { edges { node { generationId } } pageInfo { endCursor hasNextPage } } }';
    interface Listed {
      readonly activeGenerations: {
        readonly edges: readonly { readonly node: Active }[];
        readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
      };
    }
    const read = async (after: string | null) => {
      const { data } = await app.graphql<Listed>(page, { after });
      const { edges, pageInfo } = data?.activeGenerations ?? { edges: [], pageInfo: null };
      return { ids: edges.map(({ node }) => node.generationId), pageInfo };
    };
    const first = await read(null);
    const second = await read(first.pageInfo?.endCursor ?? '');
    expect([...first.ids, ...second.ids]).toEqual(all.map(({ generationId }) => generationId));
    expect([first.pageInfo?.hasNextPage, second.pageInfo?.hasNextPage]).toEqual([true, false]);
    for (const wrong of ['x', Buffer.from('activity:[8640000000000001,"x"]').toString('base64url')]) {
      expect((await app.graphql(page, { after: wrong })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('can be cancelled only by administrators, which stops the engine', async () => {
    const [running, waiting, other] = await active();
    for (const token of [member, viewer]) {
      await expectForbidden(token, cancel, { id: running?.generationId });
      await expectForbidden(token, list);
    }
    expect(app.standin.running).toBe(1);

    const left = app.standin.left();
    const { data } = await app.graphql(cancel, { id: waiting?.generationId });
    expect(data).toEqual({ cancelActiveGeneration: { cancelledGenerationId: waiting?.generationId } });
    await app.graphql(cancel, { id: other?.generationId });
    await app.graphql(cancel, { id: running?.generationId });
    expect(await active()).toEqual([]);
    await left;
    expect(app.standin.running).toBe(0);

    const read = 'query ($id: ID!) { node(id: $id) { ... on Generation { status text } } }';
    type Read = { readonly node: { readonly status: string; readonly text: string } };
    const kept = await app.graphql<Read>(read, { id: running?.generationId }, member);
    expect(kept.data?.node.status).toBe('CANCELLED');
    // An ended one stays as it is; an unknown one is not found.
    expect((await app.graphql(cancel, { id: running?.generationId })).errors).toBeUndefined();
    for (const id of [globalId('Generation', '01ARZ3NDEKTSV4RRFFQ69G5FAV'), globalId('User', 'x'), 'no id']) {
      expect((await app.graphql(cancel, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    }
  });

  it("are accessible with an administrator's API key that has the scope ADMIN", async () => {
    const make =
      'mutation ($scopes: [ApiKeyScope!]!) { createApiKey(input: { name: "k", scopes: $scopes }) { secret } }';
    type Made = { readonly createApiKey: { readonly secret: string } };
    const keyWith = async (scopes: readonly string[]) =>
      (await app.graphql<Made>(make, { scopes })).data?.createApiKey.secret ?? '';
    const [may, mayNot] = [await keyWith(['ADMIN']), await keyWith(['READ', 'CHAT'])];
    expect((await app.graphql(list, {}, may)).errors).toBeUndefined();
    await expectForbidden(mayNot, list);
    await expectForbidden(mayNot, cancel, { id: globalId('Generation', '01ARZ3NDEKTSV4RRFFQ69G5FAV') });
  });
});
