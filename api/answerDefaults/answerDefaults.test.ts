import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

interface Defaults {
  readonly id: string;
  readonly model: string | null;
  readonly systemPrompt: string | null;
}

describe('defaults on a running server', () => {
  let app: TestApp;
  let member: string;
  beforeAll(async () => {
    app = await startTestApp({ env: { STORAGE_LIMIT: 'MEMBER=60KB' } });
    member = (await app.signUp('member')).token;
  });
  afterAll(() => app.stop());

  const set = async (input: object, token = member) => {
    const query = `mutation ($input: SetAnswerDefaultsInput!) { setAnswerDefaults(input: $input) {
      answerDefaults { id model systemPrompt } viewer { answerDefaults { model systemPrompt } }
    } }`;
    const { data, errors } = await app.graphql<{
      setAnswerDefaults: { answerDefaults: Defaults | null; viewer: { answerDefaults: Defaults[] } } | null;
    }>(query, { input }, token);
    return { set: data?.setAnswerDefaults, code: errors?.[0]?.extensions.code };
  };
  const settle = async () => {
    while ((await app.lastGeneration())?.status !== 'COMPLETED')
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const mutate = async (mutation: string, type: string, input: object, selection: string) => {
    const { data, errors } = await app.graphql<Record<string, Record<string, { id: string }> | null>>(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`,
      { input },
      member,
    );
    if (errors) throw new Error(errors[0]?.message);
    return data?.[mutation] ?? {};
  };
  const ask = async (input: object) => {
    const { conversation, assistantMessageEdge } = (await mutate(
      'generate',
      'GenerateInput',
      { prompt: 'Hello', ...input },
      'conversation { id } assistantMessageEdge { node { id } }',
    )) as unknown as {
      conversation: { id: string };
      assistantMessageEdge: { node: { id: string } };
    };
    await settle();
    const generation = await app.lastGeneration();
    return {
      id: conversation.id,
      answerId: assistantMessageEdge.node.id,
      systemPrompt: generation?.systemPrompt,
      options: generation?.options,
      model: generation?.model ?? '',
    };
  };

  it('are for all models or one, and replaced or deleted as a whole', async () => {
    const all = await set({ systemPrompt: 'All.', options: { temperature: 0.1 } });
    const { id } = all.set?.answerDefaults ?? {};
    expect(all.set?.answerDefaults).toMatchObject({ model: null, systemPrompt: 'All.' });
    expect((await set({ systemPrompt: 'Again.' })).set?.answerDefaults?.id).toBe(id);
    expect((await set({ model: 'none-such', systemPrompt: 'x' })).code).toBe('MODEL_NOT_FOUND');
    expect((await set({ options: { temperature: 3 } })).code).toBe('BAD_USER_INPUT');
    expect((await set({ systemPrompt: 'x'.repeat(100_001) })).code).toBe('BAD_USER_INPUT');
    expect((await set({ systemPrompt: 'x'.repeat(70_000) })).code).toBe('QUOTA_EXCEEDED');
    const query = 'query ($id: ID!) { node(id: $id) { id } }';
    expect((await app.graphql(query, { id }, app.token)).data).toEqual({ node: null });
    expect((await app.graphql(query, { id }, member)).data).toEqual({ node: { id } });
    expect((await set({})).set).toEqual({ answerDefaults: null, viewer: { answerDefaults: [] } });
    expect((await set({ model: 'none-such' })).code).toBeUndefined();
    expect((await set({ model: '' })).code).toBe('BAD_USER_INPUT');
    // A fallback would answer for this name, but defaults are for an installed model.
    expect((await set({ model: 'mistral', systemPrompt: 'x' })).code).toBe('MODEL_NOT_FOUND');
  });

  it('come after the request, the conversation and its folder; those for the model before those for all', async () => {
    const plain = await ask({});
    expect(plain).toMatchObject({ systemPrompt: null, options: {} });
    const { id: conversationId, model } = plain;
    await set({ systemPrompt: 'All.', options: { temperature: 0.1, topK: 5, seed: 1 } });
    expect(await ask({ conversationId })).toMatchObject({
      systemPrompt: 'All.',
      options: { temperature: 0.1, topK: 5, seed: 1 },
    });
    await set({ model, systemPrompt: 'Model.', options: { temperature: 0.2 } });
    expect(await ask({})).toMatchObject({
      systemPrompt: 'Model.',
      options: { temperature: 0.2, topK: 5, seed: 1 },
    });
    const { folder } = await mutate(
      'createFolder',
      'CreateFolderInput',
      { name: 'F', systemPrompt: 'Folder.' },
      'folder { id }',
    );
    const update = (input: object) =>
      mutate(
        'updateConversation',
        'UpdateConversationInput',
        { id: conversationId, ...input },
        'conversation { id }',
      );
    await update({ folderId: folder?.id });
    expect(await ask({ conversationId })).toMatchObject({
      systemPrompt: 'Folder.',
      options: { temperature: 0.2 },
    });
    await update({ systemPrompt: 'Own.', options: { temperature: 0.3 } });
    expect(await ask({ conversationId })).toMatchObject({
      systemPrompt: 'Own.',
      options: { temperature: 0.3, topK: 5, seed: 1 },
    });
    const { data } = await app.graphql(
      `query ($id: ID!) { node(id: $id) { ... on Conversation {
        inheritedSystemPrompt inheritedOptions { temperature topK seed maxTokens }
      } } }`,
      { id: conversationId },
      member,
    );
    expect(data).toEqual({
      node: {
        inheritedSystemPrompt: 'Folder.',
        inheritedOptions: { temperature: 0.2, topK: 5, seed: 1, maxTokens: null },
      },
    });
    const asked = await ask({ conversationId, systemPrompt: 'Asked.', options: { temperature: 0.4 } });
    expect(asked).toMatchObject({ systemPrompt: 'Asked.', options: { temperature: 0.4, topK: 5 } });

    // Another version of an answer has the settings of the first.
    await set({ systemPrompt: 'Later.' });
    await mutate('regenerate', 'RegenerateInput', { messageId: asked.answerId }, 'generation { id }');
    await settle();
    expect(await app.lastGeneration()).toMatchObject({
      systemPrompt: 'Asked.',
      options: { temperature: 0.4 },
    });
  });

  it('of another model apply to another version of an answer by it', async () => {
    app.standin.play({ models: ['stand-in:latest', 'other:latest'] });
    await set({ model: 'stand-in:latest', systemPrompt: 'First.', options: { seed: 1 } });
    await set({ model: 'other:latest', systemPrompt: 'Other.', options: { topK: 3 } });
    const { answerId, systemPrompt } = await ask({ model: 'stand-in:latest' });
    expect(systemPrompt).toBe('First.');
    await mutate(
      'regenerate',
      'RegenerateInput',
      { messageId: answerId, model: 'other:latest' },
      'generation { id }',
    );
    await settle();
    const { options, ...again } = (await app.lastGeneration()) ?? {};
    expect(again).toMatchObject({ model: 'other:latest', systemPrompt: 'Other.' });
    expect(options).toMatchObject({ topK: 3 });
    expect(options).not.toHaveProperty('seed', 1);
    // A short name clears what was set with the full one.
    expect((await set({ model: 'other' })).set?.viewer.answerDefaults).not.toContainEqual(
      expect.objectContaining({ model: 'other:latest' }),
    );
    const { data } = await app.graphql<{ conversations: { edges: { node: object }[] } }>(
      '{ conversations(first: 50) { edges { node { inheritedSystemPrompt inheritedOptions { topK } } } } }',
      {},
      member,
    );
    const inherited = data?.conversations.edges.map(({ node }) => node);
    expect(inherited).toContainEqual({ inheritedSystemPrompt: 'First.', inheritedOptions: { topK: null } });
    expect(inherited).toContainEqual({ inheritedSystemPrompt: 'Folder.', inheritedOptions: { topK: null } });
  });

  it('are exported', async () => {
    await set({ systemPrompt: 'Mine.', options: { topP: 0.5 } }, app.token);
    const exported = await (await app.get('/api/account/export')).json();
    expect(exported.answerDefaults).toMatchObject([
      { model: null, systemPrompt: 'Mine.', options: { topP: 0.5 } },
    ]);
  });
});
