import sharp from 'sharp';
import { decodeId } from '../graph/globalIds.ts';
import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { eventually } from '../process/eventually.testing.ts';

interface CollectionNode {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly sharedWithEveryone: boolean;
  readonly documentCount: number;
  readonly owner: { readonly username: string } | null;
  readonly viewerCanUpdate: boolean;
  readonly viewerCanDelete: boolean;
  readonly viewerCanShare: boolean;
  readonly viewerCanWithdraw: boolean;
  readonly indexing: { readonly state: string; readonly done: number; readonly total: number };
  readonly documents: {
    readonly edges: readonly { readonly node: { readonly id: string; readonly name: string } }[];
  };
}
interface Source {
  readonly name: string | null;
  readonly text: string | null;
  readonly attachment: { readonly id: string } | null;
}
interface Message {
  readonly id: string;
  readonly sources: readonly Source[];
}
interface Choice {
  readonly collectionId: string;
  readonly collection: { readonly name: string } | null;
}

const fields = `id name description sharedWithEveryone documentCount owner { username }
  viewerCanUpdate viewerCanDelete viewerCanShare viewerCanWithdraw
  indexing { state done total } documents(first: 9) { edges { node { id name } } }`;
const lighthouse = 'The lighthouse of Farhaven was built in 1871 by Ada Grey.';

describe('collections on a running server', () => {
  let app: TestApp;
  let member: { readonly id: string; readonly token: string };
  let other: { readonly id: string; readonly token: string };
  let viewer: { readonly id: string; readonly token: string };
  beforeAll(async () => {
    app = await startTestApp({ env: { STORAGE_LIMIT: 'MEMBER=300KB,ADMIN=off,VIEWER=1KB' } });
    member = await app.signUp('member');
    other = await app.signUp('other');
    viewer = await app.signUp('viewer', 'VIEWER');
  });
  afterAll(() => app.stop());

  const run = async <Data>(mutation: string, input: object, selection: string, token = member.token) => {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`;
    const { data, errors } = await app.graphql<Record<string, Data | null>>(query, { input }, token);
    return { data: data?.[mutation], error: errors?.[0]?.message, code: errors?.[0]?.extensions.code };
  };
  const change = async (mutation: string, input: object, token = member.token) => {
    const { data, ...rest } = await run<{ collection: CollectionNode }>(
      mutation,
      input,
      `collection { ${fields} }`,
      token,
    );
    return { collection: data?.collection, ...rest };
  };
  const create = async (name: string, token = member.token): Promise<CollectionNode> => {
    const { collection, error } = await change('createCollection', { name }, token);
    if (!collection) throw new Error(error);
    return collection;
  };
  const upload = async (name: string, body: string | Uint8Array, token = member.token): Promise<string> => {
    const response = await fetch(`${app.url}/api/attachments?name=${name}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${token}` },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    return (await response.json()).id;
  };
  const find = async <Node>(id: string, type: string, selection: string, token: string) => {
    const query = `query ($id: ID!) { node(id: $id) { ... on ${type} { ${selection} } } }`;
    return (await app.graphql<{ node: Node | null }>(query, { id }, token)).data?.node ?? null;
  };
  const collectionOf = (id: string, token = member.token) =>
    find<CollectionNode>(id, 'Collection', fields, token);
  const listed = async (token: string) => {
    const query = '{ collections(first: 50) { edges { node { id } } } }';
    const { data } = await app.graphql<{ collections: { edges: { node: { id: string } }[] } }>(
      query,
      {},
      token,
    );
    return data?.collections.edges.map(({ node }) => node.id);
  };
  /** Creates a collection of the administrator with a document, and shares it. */
  const shared = async (text = lighthouse) => {
    const { id } = await create('Harbours', app.token);
    const document = await upload('harbours.md', text, app.token);
    await change('addDocuments', { collectionId: id, attachments: [document] }, app.token);
    expect((await change('shareCollection', { id }, app.token)).error).toBeUndefined();
    return { id, document };
  };
  const answer = 'id sources { name text attachment { id } }';
  const started = `generation { id } assistantMessageEdge { node { ${answer} } }`;
  interface Started {
    readonly generation: { readonly id: string };
    readonly assistantMessageEdge: { readonly node: Message };
  }
  /** Waits for an answer. Returns it, and the last prompt that the engine got. */
  const finish = async (result: {
    readonly data?: Started | null | undefined;
    readonly error?: string | undefined;
  }) => {
    if (!result.data) throw new Error(result.error);
    const { generation, assistantMessageEdge } = result.data;
    await eventually(
      () => find<{ status: string }>(generation.id, 'Generation', 'status', member.token),
      (found) => found?.status === 'COMPLETED',
    );
    const chat = app.standin.chats.at(-1) as { messages: { content: string }[] };
    return { message: assistantMessageEdge.node, prompt: chat.messages.at(-1)?.content ?? '' };
  };
  const ask = async (input: object) => finish(await run<Started>('generate', input, started));
  const conversationWith = async (input: object) => {
    const made = await run<{ conversation: { id: string } }>(
      'createConversation',
      input,
      'conversation { id }',
    );
    return made.data?.conversation.id ?? '';
  };
  const choicesOf = async (id: string) =>
    (
      await find<{ collections: readonly Choice[] }>(
        id,
        'Conversation',
        'collections { collectionId collection { name } }',
        member.token,
      )
    )?.collections;

  it('are created, changed, listed and deleted by their owner only', async () => {
    const made = await change('createCollection', { name: '  Rules ', description: 'Of the house' });
    expect(made.collection).toEqual({
      id: expect.any(String),
      name: 'Rules',
      description: 'Of the house',
      sharedWithEveryone: false,
      documentCount: 0,
      owner: { username: 'member' },
      viewerCanUpdate: true,
      viewerCanDelete: true,
      viewerCanShare: false,
      viewerCanWithdraw: false,
      indexing: { state: 'NONE', done: 0, total: 0 },
      documents: { edges: [] },
    });
    const id = made.collection?.id ?? '';
    expect(await collectionOf(id, other.token)).toBeNull();
    expect((await change('updateCollection', { id, name: 'Mine' }, app.token)).code).toBe('NOT_FOUND');
    expect((await change('updateCollection', { id, name: ' ' })).error).toBe(
      'name must have 1 to 200 characters; it has 1.',
    );
    const changed = await change('updateCollection', { id, name: 'Laws', description: null });
    expect(changed.collection).toMatchObject({ name: 'Laws', description: null });
    expect(await listed(member.token)).toContain(id);
    expect(await listed(other.token)).not.toContain(id);
    const remove = (token?: string) => run('deleteCollection', { id }, 'deletedCollectionId', token);
    expect((await remove(app.token)).code).toBe('NOT_FOUND');
    expect((await remove()).data).toEqual({ deletedCollectionId: id });
    expect((await remove()).code).toBe('NOT_FOUND');
    expect((await run('createCollection', { name: 'Mine' }, 'collection { id }', viewer.token)).code).toBe(
      'FORBIDDEN',
    );
    expect((await change('createCollection', { name: 'x'.repeat(201) })).code).toBe('BAD_USER_INPUT');
  });

  it('have documents of their owner, and no images', async () => {
    const { id } = await create('Mixed');
    const [text, foreign] = [
      await upload('a.txt', 'Some text.'),
      await upload('b.txt', 'Other.', other.token),
    ];
    const red = { create: { width: 8, height: 8, channels: 3, background: 'red' } } as const;
    const image = await upload('photo.png', await sharp(red).png().toBuffer());
    const add = (attachments: readonly string[], collectionId = id) =>
      change('addDocuments', { collectionId, attachments });
    expect((await add([image])).error).toBe(
      '"photo.png" is an image, and has no text to search. Add documents only.',
    );
    expect((await add([text, foreign])).code).toBe('NOT_FOUND');
    expect((await add([text, text])).collection).toMatchObject({
      documentCount: 1,
      indexing: { state: 'WAITING', done: 0, total: 1 },
      documents: { edges: [{ node: { id: text, name: 'a.txt' } }] },
    });
    const second = await create('Second');
    expect((await add([text], second.id)).error).toContain('"a.txt" is in another collection.');
    const kept = await find<{ collection: { id: string } }>(
      text,
      'Attachment',
      'collection { id }',
      member.token,
    );
    expect(kept?.collection.id).toBe(id);
    const remove = (attachments: readonly string[]) =>
      run(
        'removeDocuments',
        { collectionId: id, attachments },
        'removedDocumentIds collection { documentCount }',
      );
    expect((await remove([image])).code).toBe('NOT_FOUND');
    expect((await remove([text])).data).toEqual({
      removedDocumentIds: [text],
      collection: { documentCount: 0 },
    });
    expect(await find(text, 'Attachment', 'id', member.token)).toBeNull();
    const big = await change('createCollection', { name: 'Big', description: 'ä'.repeat(2000) });
    expect(big.error).toBeUndefined();
    const many = Array.from({ length: 101 }, () => text);
    expect((await add(many)).code).toBe('BAD_USER_INPUT');
  });

  it('are shared and withdrawn by administrators, and read by everyone meanwhile', async () => {
    const mine = await create('Not for all');
    expect((await change('shareCollection', { id: mine.id })).code).toBe('FORBIDDEN');
    const { id, document } = await shared();
    for (const { token } of [member, viewer]) {
      expect(await listed(token)).toContain(id);
      expect(await collectionOf(id, token)).toMatchObject({
        owner: null,
        sharedWithEveryone: true,
        documentCount: 1,
        viewerCanUpdate: false,
        viewerCanDelete: false,
        viewerCanWithdraw: false,
        documents: { edges: [{ node: { id: document, name: 'harbours.md' } }] },
      });
    }
    const download = (token: string) =>
      fetch(`${app.url}/api/attachments/${document}`, { headers: { Authorization: `Bearer ${token}` } });
    expect(await (await download(member.token)).text()).toBe(lighthouse);
    const input = { collectionId: id, attachments: [await upload('c.txt', 'More.')] };
    for (const [mutation, given] of [
      ['updateCollection', { id, name: 'Mine' }],
      ['withdrawCollection', { id }],
      ['addDocuments', input],
      ['removeDocuments', { ...input, attachments: [document] }],
    ] as const) {
      expect([mutation, (await change(mutation, given)).code]).toEqual([mutation, 'FORBIDDEN']);
    }
    expect((await run('deleteCollection', { id }, 'deletedCollectionId')).code).toBe('FORBIDDEN');
    const deleted = await run('deleteAttachment', { id: document }, 'deletedAttachmentId');
    expect(deleted.code).toBe('NOT_FOUND');
    expect((await run('generate', { prompt: 'Hi', attachments: [document] }, 'generation { id }')).code).toBe(
      'NOT_FOUND',
    );
    expect((await change('withdrawCollection', { id }, app.token)).collection?.sharedWithEveryone).toBe(
      false,
    );
    expect(await collectionOf(id)).toBeNull();
    expect(await listed(member.token)).not.toContain(id);
    expect((await download(member.token)).status).toBe(404);
    expect(await find(document, 'Attachment', 'id', member.token)).toBeNull();
  });

  it('of a former administrator are changed by nobody while they are shared, and withdrawn by administrators', async () => {
    // As if its owner had been an administrator.
    const made = await create('Once of an administrator');
    const memberId = decodeId('User', member.id);
    await app.stores.collections.update(memberId, decodeId('Collection', made.id), { isShared: true });
    expect(await collectionOf(made.id)).toMatchObject({ viewerCanUpdate: false, viewerCanWithdraw: true });
    expect((await change('updateCollection', { id: made.id, name: 'Again' })).code).toBe('FORBIDDEN');
    // Afterwards, the administrator may not see it.
    expect((await change('withdrawCollection', { id: made.id }, app.token)).error).toBeUndefined();
    expect((await collectionOf(made.id))?.sharedWithEveryone).toBe(false);
  });

  it('are searched by the conversations that choose them, with sources that open, until they are withdrawn', async () => {
    const { id, document } = await shared(`# Buildings\n\n${lighthouse}`);
    const conversationId = await conversationWith({ title: 'Farhaven', collections: [id, id] });
    expect(await choicesOf(conversationId)).toEqual([{ collectionId: id, collection: { name: 'Harbours' } }]);
    const { message, prompt } = await ask({ conversationId, prompt: 'Who built the lighthouse?' });
    expect(prompt).toContain('<passage number="1" document="harbours.md"');
    expect(prompt).toContain(lighthouse);
    expect(message.sources).toEqual([
      { name: 'harbours.md', text: expect.stringContaining(lighthouse), attachment: { id: document } },
    ]);
    // A question that matches nothing gets no passage of a collection.
    expect((await ask({ conversationId, prompt: 'Xylophones?' })).message.sources).toEqual([]);
    expect((await ask({ prompt: 'Who built the lighthouse?' })).prompt).not.toContain(lighthouse);

    await change('withdrawCollection', { id }, app.token);
    const opened = await find<Message>(message.id, 'Message', answer, member.token);
    expect(opened?.sources).toEqual([{ name: null, text: null, attachment: null }]);
    expect(await choicesOf(conversationId)).toEqual([{ collectionId: id, collection: null }]);
    const next = await ask({ conversationId, prompt: 'Who built the lighthouse again?' });
    expect(next.prompt).not.toContain(lighthouse);
    expect(next.message.sources).toEqual([]);
    // The question's passages were chosen before the withdrawal; the prompt is built after it.
    const again = await run<Started>('regenerate', { messageId: message.id, cache: 'BYPASS' }, started);
    expect((await finish(again)).prompt).not.toContain(lighthouse);

    // The choice can be kept and removed, but not made.
    const choose = (collections: readonly string[], of = conversationId) =>
      run('updateConversation', { id: of, collections }, 'conversation { collections { collectionId } }');
    const own = await create('Own');
    expect((await choose([id, own.id])).error).toBeUndefined();
    expect((await choose([id], await conversationWith({}))).code).toBe('NOT_FOUND');
    expect((await run('createConversation', { collections: [id] }, 'conversation { id }')).code).toBe(
      'NOT_FOUND',
    );
    expect((await choose([own.id])).data).toEqual({
      conversation: { collections: [{ collectionId: own.id }] },
    });
    expect((await choose([id])).code).toBe('NOT_FOUND');
    expect((await choose(Array.from({ length: 11 }, () => own.id))).code).toBe('BAD_USER_INPUT');
    await run('deleteCollection', { id: own.id }, 'deletedCollectionId');
    expect(await choicesOf(conversationId)).toEqual([]);
  });

  it('are searched beside the documents of the question, and take a part of the room', async () => {
    const { id } = await create('Facts');
    const facts = Array.from(
      { length: 30 },
      (_, at) => `# Fact ${at}\n\n${`The lighthouse has stone ${at}. `.repeat(40)}`,
    );
    const document = await upload('facts.md', facts.join('\n\n'));
    await change('addDocuments', { collectionId: id, attachments: [document] });
    const conversationId = await conversationWith({ collections: [id] });
    const note = await upload('note.txt', 'My own note about the lighthouse.');
    const { message, prompt } = await ask({
      conversationId,
      prompt: 'What about the lighthouse?',
      attachments: [note],
    });
    expect(prompt).toContain('<document name="note.txt" format="TEXT">\nMy own note about the lighthouse.');
    expect(message.sources.length).toBeGreaterThan(0);
    expect(new Set(message.sources.map(({ name }) => name))).toEqual(new Set(['facts.md']));
    expect(prompt.length).toBeLessThan(9_000);
  });

  it('are searched by the first question of a new chat that chooses them', async () => {
    const { id } = await create('First');
    await change('addDocuments', {
      collectionId: id,
      attachments: [await upload('harbours.md', lighthouse)],
    });
    const question = { prompt: 'Who built the lighthouse?', collections: [id, id] };
    const result = await run<Started & { readonly conversation: { readonly id: string } }>(
      'generate',
      question,
      `conversation { id } ${started}`,
    );
    const { message, prompt } = await finish(result);
    expect(prompt).toContain(lighthouse);
    expect(message.sources).toHaveLength(1);
    const conversationId = result.data?.conversation.id ?? '';
    expect(await choicesOf(conversationId)).toEqual([{ collectionId: id, collection: { name: 'First' } }]);
    const { id: foreign } = await create('Private', app.token);
    const rejected = (input: object) => run('generate', { prompt: 'Hi', ...input }, 'generation { id }');
    expect((await rejected({ collections: [foreign] })).code).toBe('NOT_FOUND');
    expect((await rejected({ collections: [id], conversationId })).error).toBe(
      'collections is for new conversations. Choose those of this one with updateConversation.',
    );
    expect((await rejected({ collections: Array.from({ length: 11 }, () => id) })).code).toBe(
      'BAD_USER_INPUT',
    );
  });

  it('are inherited from the folder of a conversation', async () => {
    const { id } = await create('Of the folder');
    const document = await upload('harbours.md', lighthouse);
    await change('addDocuments', { collectionId: id, attachments: [document] });
    const made = await run<{ folder: { id: string } }>('createFolder', { name: 'Farhaven' }, 'folder { id }');
    const folderId = made.data?.folder.id ?? '';
    const choose = (collections: readonly string[] | null, token?: string) =>
      run(
        'updateFolder',
        { id: folderId, collections },
        'folder { collections { collection { name } } }',
        token,
      );
    const { id: foreign } = await create('Private', app.token);
    expect((await choose([foreign])).code).toBe('NOT_FOUND');
    expect((await choose([id], other.token)).code).toBe('NOT_FOUND');
    expect((await choose([id])).data).toEqual({
      folder: { collections: [{ collection: { name: 'Of the folder' } }] },
    });
    const inFolder = await ask({ folderId, prompt: 'Who built the lighthouse in the folder?' });
    expect(inFolder.prompt).toContain(lighthouse);
    await choose(null);
    const later = await ask({ folderId, prompt: 'Who built the lighthouse in the folder now?' });
    expect(later.prompt).not.toContain(lighthouse);
  });

  it('stay under a legal hold', async () => {
    const { id } = await create('Held', other.token);
    const document = await upload('held.txt', 'Evidence.', other.token);
    await change('addDocuments', { collectionId: id, attachments: [document] }, other.token);
    const hold = await run<{ legalHold: { id: string } }>(
      'placeLegalHold',
      { userId: other.id, reason: 'Case 7' },
      'legalHold { id }',
      app.token,
    );
    const remove = () => run('deleteCollection', { id }, 'deletedCollectionId', other.token);
    expect((await remove()).code).toBe('CONFLICT');
    const removed = await change(
      'removeDocuments',
      { collectionId: id, attachments: [document] },
      other.token,
    );
    expect(removed.code).toBe('CONFLICT');
    await run('releaseLegalHold', { id: hold.data?.legalHold.id }, 'deletedLegalHoldId', app.token);
    expect((await remove()).code).toBeUndefined();
  });

  it('are changed by API keys with their scopes only, and list no documents to a key that may only write', async () => {
    const key = async (scopes: string, token: string) => {
      const { data } = await app.graphql<{ readonly createApiKey: { readonly secret: string } }>(
        `mutation { createApiKey(input: { name: "key", scopes: [${scopes}] }) { secret } }`,
        {},
        token,
      );
      return data?.createApiKey.secret ?? '';
    };
    const { id } = await create('Keys', app.token);
    const update = (selection: string, secret: string) =>
      run('updateCollection', { id, name: 'Keys' }, `collection { ${selection} }`, secret);
    const writer = await key('CHAT', app.token);
    expect((await update('name', writer)).error).toBeUndefined();
    expect((await update('documents(first: 1) { edges { node { id } } }', writer)).code).toBe('FORBIDDEN');
    expect((await update('name', await key('READ', app.token))).code).toBe('FORBIDDEN');
    expect((await change('shareCollection', { id }, writer)).code).toBe('FORBIDDEN');
  });

  it('are exported, and deleted with their owner', async () => {
    const leaver = await app.signUp('leaver');
    const { id } = await create('Mine to take', leaver.token);
    const document = await upload('mine.txt', 'My text.', leaver.token);
    await change('addDocuments', { collectionId: id, attachments: [document] }, leaver.token);
    const response = await fetch(`${app.url}/api/account/export`, {
      headers: { Authorization: `Bearer ${leaver.token}` },
    });
    const exported = await response.json();
    const collectionId = decodeId('Collection', id);
    expect(exported.collections).toEqual([
      expect.objectContaining({ id: collectionId, name: 'Mine to take' }),
    ]);
    expect(exported.attachments).toEqual([expect.objectContaining({ collectionId, text: 'My text.' })]);
    await run('deleteUser', { id: leaver.id }, 'deletedUserId', app.token);
    const ownerId = decodeId('User', leaver.id);
    expect(await app.stores.collections.ofOwner(ownerId)).toEqual([]);
    expect(await app.stores.attachments.find(ownerId, decodeId('Attachment', document))).toBeNull();
  });
});
