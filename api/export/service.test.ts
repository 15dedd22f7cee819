import { newAttachment, sha256Of } from '../attachments/attachments.testing.ts';
import { startTestApp, type TestApp } from '../http/testing/app.testing.ts';
import { at, newConversation, newGeneration, newId, newMessage, write } from '../stores/stores.contract.ts';

describe('an export', () => {
  let app: TestApp;
  let adminId = '';
  beforeAll(async () => {
    app = await startTestApp();
    adminId = (await app.stores.accounts.findUserByName('admin'))?.id ?? '';
  });
  afterAll(() => app.stop());

  it('requires authentication', async () => {
    expect((await fetch(`${app.url}/api/account/export`)).status).toBe(401);
  });

  it('is one JSON document with all data of the caller, and no other data', async () => {
    const mine = newConversation({ ownerId: adminId, title: 'Mine "quoted"\u2028' });
    const archived = newConversation({ ownerId: adminId, archived: true });
    const foreign = newConversation({ title: 'Another user’s' });
    for (const conversation of [mine, archived, foreign]) await app.stores.conversations.insert(conversation);
    const root = await write(app.stores, newMessage(mine, { content: 'Hello 🎉' }));
    // More siblings than a page has.
    for (let version = 0; version < 150; version += 1) {
      await write(app.stores, newMessage(mine, { parentId: root.id, content: `Version ${version}` }));
    }
    await write(app.stores, newMessage(foreign, { content: 'Hush' }));
    const generation = newGeneration(mine, { status: 'COMPLETED' });
    await app.stores.generations.insert(generation);
    const share = {
      id: newId(),
      ownerId: adminId,
      conversationId: mine.id,
      leafId: root.id,
      secretHash: 'a-hash',
      createdAt: at(1),
      expiresAt: at(2),
    };
    await app.stores.shares.insert(share, 9);
    const used = { model: 'any', generations: 1, cached: 0, promptTokens: 2, completionTokens: 3 };
    const day = new Date().toISOString().slice(0, 10);
    await app.stores.usage.add({ ...used, ownerId: adminId, day });
    await app.stores.usage.add({ ...used, ownerId: foreign.ownerId, day });

    const content = Buffer.from('notes');
    const kept = newAttachment({ ownerId: adminId, sha256: sha256Of(content) });
    const fileKey = await app.stores.attachmentFiles.write(kept, content);
    await app.stores.attachments.insert({ ...kept, fileKey }, 'notes');
    const lost = newAttachment({
      ownerId: adminId,
      fileKey: `${adminId}/${sha256Of('lost')}`,
      createdAt: at(2),
    });
    await app.stores.attachments.insert(lost, 'its text');

    const response = await app.get('/api/account/export');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="ziggie-admin-[\d-]+\.json"$/,
    );
    const text = await response.text();
    const exported = JSON.parse(text);
    const { paths } = await (await app.get('/openapi.json')).json();
    const { schema } = paths['/api/account/export'].get.responses[200].content['application/json'];
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(exported)));
    expect(exported).toMatchObject({
      format: 'ziggie-llm-export',
      version: 1,
      account: { id: adminId, username: 'admin', role: 'ADMIN' },
      sessions: [{ userId: adminId }],
      generations: [{ id: generation.id, status: 'COMPLETED' }],
      shares: [{ id: share.id, conversationId: mine.id }],
      usage: [{ day, model: 'any', promptTokens: 2, completionTokens: 3 }],
    });
    expect(exported.attachments).toEqual([
      expect.objectContaining({ id: lost.id, text: 'its text', file: null }),
      expect.objectContaining({ id: kept.id, text: 'notes', file: content.toString('base64') }),
    ]);
    expect(exported.conversations.map(({ id }: { id: string }) => id).sort()).toEqual(
      [mine.id, archived.id].sort(),
    );
    expect(exported.messages).toHaveLength(151);
    expect(exported.messages[0]).toEqual({
      id: root.id,
      conversationId: mine.id,
      ownerId: adminId,
      parentId: null,
      role: 'USER',
      generationId: null,
      content: 'Hello 🎉',
      createdAt: root.createdAt.toISOString(),
    });
    expect(text).not.toMatch(/Hush|argon2|a-hash|Another user/);
  });

  it('can be repeated after an aborted one', async () => {
    const leave = new AbortController();
    const headers = { Authorization: `Bearer ${app.token}` };
    const begun = await fetch(`${app.url}/api/account/export`, { headers, signal: leave.signal });
    expect(begun.status).toBe(200);
    leave.abort();
    // Until the server has noticed the abort.
    const repeat = async (): Promise<number> => {
      const { status } = await app.get('/api/account/export');
      if (status !== 429) return status;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return repeat();
    };
    expect(await repeat()).toBe(200);
  });
});
