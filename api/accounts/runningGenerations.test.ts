import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

describe('the generations of a user who may no longer generate', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startTestApp({ slots: 1 });
    app.standin.play({ tokens: Array.from({ length: 10_000 }, () => 'word '), tokensPerSecond: 50 });
  });
  afterEach(() => app.stop());

  const generate = async (token: string): Promise<string> => {
    const query = 'mutation { generate(input: { prompt: "Go on and on." }) { generation { id } } }';
    const { data } = await app.graphql<{ generate: { generation: { id: string } } }>(query, {}, token);
    return data?.generate.generation.id ?? '';
  };
  const stored = async (id: string) => {
    const [, key = ''] = Buffer.from(id, 'base64url').toString().split(':');
    return app.stores.generations.findAnyOwner(key);
  };

  it.each([
    ['disableUser', ''],
    ['setUserRole', ', role: VIEWER'],
    ['deleteUser', ''],
  ])('are cancelled immediately by %s', async (mutation, more) => {
    const alice = await app.signUp('alice');
    const [running, waiting] = [await generate(alice.token), await generate(alice.token)];
    await app.line(({ msg }) => msg === 'generation started');
    const left = app.standin.left();
    const { errors } = await app.graphql(
      `mutation { ${mutation}(input: { id: "${alice.id}"${more} }) { __typename } }`,
    );
    expect(errors).toBeUndefined();
    await left;
    const isGone = mutation === 'deleteUser';
    for (const id of [running, waiting])
      expect((await stored(id))?.status).toBe(isGone ? undefined : 'CANCELLED');
  });

  it('do not start if the user was disabled in the store while they were queued', async () => {
    const alice = await app.signUp('alice');
    const [running, waiting] = [await generate(alice.token), await generate(alice.token)];
    await app.line(({ msg }) => msg === 'generation started');
    const user = await app.stores.accounts.findUserByName('alice');
    await app.stores.accounts.updateUser(user?.id ?? '', { status: 'DISABLED' });
    const cancel = `mutation { cancelActiveGeneration(input: { id: "${running}" }) { cancelledGenerationId } }`;
    expect((await app.graphql(cancel)).errors).toBeUndefined();
    const [, key = ''] = Buffer.from(waiting, 'base64url').toString().split(':');
    await app.line(({ msg, generation }) => msg === 'generation ended' && generation === key);
    expect(await stored(waiting)).toMatchObject({ status: 'FAILED', error: { code: 'FORBIDDEN' } });
  });

  it('continue if the new role may still generate', async () => {
    const alice = await app.signUp('alice');
    const running = await generate(alice.token);
    await app.line(({ msg }) => msg === 'generation started');
    await app.graphql(`mutation { setUserRole(input: { id: "${alice.id}", role: ADMIN }) { __typename } }`);
    expect((await stored(running))?.status).toBe('RUNNING');
  });
});
