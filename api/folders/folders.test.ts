import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';

interface FolderNode {
  readonly id: string;
  readonly name: string;
  readonly systemPrompt: string | null;
  readonly conversations: { readonly edges: readonly { readonly node: { readonly id: string } }[] };
}

const fields = 'id name systemPrompt conversations(first: 9) { edges { node { id } } }';

describe('folders on a running server', () => {
  let app: TestApp;
  let member: string;
  beforeAll(async () => {
    app = await startTestApp({ env: { STORAGE_LIMIT: 'MEMBER=60KB' } });
    member = (await app.signUp('member')).token;
  });
  afterAll(() => app.stop());

  const run = async <Data>(mutation: string, input: object, selection: string, token = member) => {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`;
    const { data, errors } = await app.graphql<Record<string, Data | null>>(query, { input }, token);
    return { data: data?.[mutation], error: errors?.[0]?.message, code: errors?.[0]?.extensions.code };
  };
  const create = async (input: object): Promise<FolderNode> => {
    const { data, error } = await run<{ folder: FolderNode }>('createFolder', input, `folder { ${fields} }`);
    if (!data) throw new Error(error);
    return data.folder;
  };
  const folderOf = async (id: string, token = member) => {
    const query = `query ($id: ID!) { node(id: $id) { ... on Folder { ${fields} } } }`;
    return (await app.graphql<{ node: FolderNode | null }>(query, { id }, token)).data?.node;
  };
  const ask = async (input: object) => {
    const { data, error, code } = await run<{ conversation: { id: string; folder: FolderNode | null } }>(
      'generate',
      { prompt: 'Hello', ...input },
      'conversation { id folder { id } }',
    );
    return { conversation: data?.conversation, error, code };
  };
  const lastPrompt = async () => (await app.lastGeneration())?.systemPrompt;

  it('are created, changed, listed and deleted by their owner only', async () => {
    const folder = await create({ name: '  Work ', systemPrompt: 'Be formal.' });
    expect(folder).toMatchObject({ name: 'Work', systemPrompt: 'Be formal.' });
    expect(await folderOf(folder.id, app.token)).toBeNull();
    const change = (input: object, token?: string) =>
      run<{ folder: FolderNode }>('updateFolder', { id: folder.id, ...input }, 'folder { name }', token);
    expect((await change({ name: 'Mine' }, app.token)).code).toBe('NOT_FOUND');
    expect((await change({ name: ' ' })).error).toBe('name must have 1 to 100 characters; it has 1.');
    expect((await change({ name: 'Office' })).data?.folder.name).toBe('Office');
    expect((await change({ systemPrompt: null })).code).toBeUndefined();
    expect(await folderOf(folder.id)).toMatchObject({ name: 'Office', systemPrompt: null });
    const { data } = await app.graphql<{ folders: { edges: { node: FolderNode }[] } }>(
      `{ folders(first: 5) { edges { node { name } } } }`,
      {},
      member,
    );
    expect(data?.folders.edges.map(({ node }) => node.name)).toEqual(['Office']);
    expect((await run('deleteFolder', { id: folder.id }, 'deletedFolderId', app.token)).code).toBe(
      'NOT_FOUND',
    );
    expect((await run('deleteFolder', { id: folder.id }, 'deletedFolderId')).data).toEqual({
      deletedFolderId: folder.id,
    });
    expect((await run('deleteFolder', { id: folder.id }, 'deletedFolderId')).code).toBe('NOT_FOUND');
  });

  it('give their system prompt to conversations that have none', async () => {
    const { id } = await create({ name: 'Pirates', systemPrompt: 'Talk like a pirate.' });
    const { conversation } = await ask({ folderId: id });
    expect(conversation?.folder?.id).toBe(id);
    expect(await lastPrompt()).toBe('Talk like a pirate.');
    expect((await folderOf(id))?.conversations.edges).toEqual([{ node: { id: conversation?.id } }]);
    const update = (input: object) =>
      run('updateConversation', { id: conversation?.id, ...input }, 'conversation { inheritedSystemPrompt }');
    const settle = async () => {
      while ((await app.lastGeneration())?.status !== 'COMPLETED')
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const askAgain = async (input: object = {}) => {
      await settle();
      expect((await ask({ conversationId: conversation?.id, ...input })).error).toBeUndefined();
      return lastPrompt();
    };
    await update({ systemPrompt: 'Be brief.' });
    expect(await askAgain()).toBe('Be brief.');
    expect(await askAgain({ systemPrompt: 'Be loud.' })).toBe('Be loud.');
    // An empty prompt means none.
    await update({ systemPrompt: '' });
    expect(await askAgain()).toBe('');
    const { data } = await update({ systemPrompt: null });
    expect(data).toEqual({ conversation: { inheritedSystemPrompt: 'Talk like a pirate.' } });
    expect(await askAgain()).toBe('Talk like a pirate.');
    await settle();
    await run('deleteFolder', { id }, 'deletedFolderId');
    expect(await askAgain()).toBeNull();
    await settle();
  });

  it('are not found for others, and not for existing conversations of `generate`', async () => {
    const { data } = await run<{ folder: FolderNode }>(
      'createFolder',
      { name: 'Admin’s' },
      'folder { id }',
      app.token,
    );
    const folderId = data?.folder.id;
    expect((await ask({ folderId })).code).toBe('NOT_FOUND');
    expect((await run('createConversation', { folderId }, 'conversation { id }')).code).toBe('NOT_FOUND');
    const mine = await create({ name: 'Mine' });
    const made = await run<{ conversation: { id: string } }>(
      'createConversation',
      { folderId: mine.id },
      'conversation { id }',
    );
    const id = made.data?.conversation.id;
    const selection = 'conversation { folder { name } }';
    expect((await run('updateConversation', { id, folderId }, selection)).code).toBe('NOT_FOUND');
    const wrong = await ask({ conversationId: id, folderId: mine.id });
    expect(wrong.error).toContain('Move this one with updateConversation');
    expect((await run('updateConversation', { id, title: 'Kept' }, selection)).data).toEqual({
      conversation: { folder: { name: 'Mine' } },
    });
    expect((await run('updateConversation', { id, folderId: null }, selection)).data).toEqual({
      conversation: { folder: null },
    });
  });

  it('list no conversations to an API key that may only write', async () => {
    const made = await create({ name: 'Private talks' });
    await ask({ folderId: made.id });
    const { data } = await app.graphql<{ readonly createApiKey: { readonly secret: string } }>(
      'mutation { createApiKey(input: { name: "writer", scopes: [CHAT] }) { secret } }',
      {},
      member,
    );
    const input = { id: made.id, name: 'Talks' };
    const sent = await run('updateFolder', input, `folder { ${fields} }`, data?.createApiKey.secret);
    expect(sent).toMatchObject({ code: 'FORBIDDEN', error: expect.stringContaining('lacks the scope READ') });
  });

  it('separate the list of conversations', async () => {
    const { id } = await create({ name: 'Apart' });
    await run('createConversation', { folderId: id, title: 'Filed' }, 'conversation { id }');
    await run('createConversation', { title: 'Loose' }, 'conversation { id }');
    const titles = async (args: string) => {
      const { data } = await app.graphql<{ conversations: { edges: { node: { title: string } }[] } }>(
        `{ conversations(first: 50${args}) { edges { node { title } } } }`,
        {},
        member,
      );
      return data?.conversations.edges.map(({ node }) => node.title);
    };
    expect(await titles('')).toEqual(expect.arrayContaining(['Filed', 'Loose']));
    expect(await titles(', unfiled: true')).toContain('Loose');
    expect(await titles(', unfiled: true')).not.toContain('Filed');
    expect(await titles(', search: "filed"')).toEqual(['Filed']);
  });

  it('count towards the storage quota', async () => {
    const { code } = await run(
      'createFolder',
      { name: 'Big', systemPrompt: 'x'.repeat(61_000) },
      'folder { id }',
    );
    expect(code).toBe('QUOTA_EXCEEDED');
    const tooLong = await run('createFolder', { name: 'x'.repeat(101) }, 'folder { id }');
    expect(tooLong.code).toBe('BAD_USER_INPUT');
  });

  it('are exported, and created again by an import, once for each name', async () => {
    const at = '2024-03-01T10:00:00.000Z';
    const add = async (sourceKey: string) => {
      const message = { key: '1', role: 'USER', content: 'Zebra?', createdAt: at };
      const folder = { name: 'Animals', systemPrompt: 'You know zebras.' };
      const input = {
        sourceKey,
        title: sourceKey,
        createdAt: at,
        updatedAt: at,
        messages: [message],
        folder,
      };
      const { data } = await run<{ conversation: { folder: FolderNode } }>(
        'importConversation',
        { ...input, leafKey: '1' },
        `conversation { folder { ${fields} } }`,
        app.token,
      );
      return data?.conversation.folder;
    };
    const [first, second] = [await add('x:1'), await add('x:2')];
    expect(first).toMatchObject({ name: 'Animals', systemPrompt: 'You know zebras.' });
    expect(second?.id).toBe(first?.id);
    expect(second?.conversations.edges).toHaveLength(2);
    const exported = await (await app.get('/api/account/export')).json();
    const folder = exported.folders.find(({ name }: FolderNode) => name === 'Animals');
    expect(folder).toMatchObject({ systemPrompt: 'You know zebras.' });
    const filed = exported.conversations.filter(
      ({ folderId }: { folderId: string | null }) => folderId === folder.id,
    );
    expect(filed).toHaveLength(2);
  });
});
