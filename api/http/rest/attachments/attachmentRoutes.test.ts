import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { pdfOf } from '../../../attachments/reading/documents.testing.ts';
import { decodeId } from '../../../graph/globalIds.ts';
import { newConversation } from '../../../stores/stores.contract.ts';
import { startTestApp, type TestApp } from '../../testing/app.testing.ts';

const digestOf = (bytes: Uint8Array) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

describe('the routes of attachments', () => {
  let server: TestApp;
  let member: { readonly token: string };
  let other: { readonly token: string };
  let viewer: { readonly token: string };
  beforeAll(async () => {
    server = await startTestApp({
      env: {
        ATTACHMENT_LIMIT: 'MEMBER=9MB,ADMIN=off,VIEWER=1MB',
        ATTACHMENT_FORMATS: 'MEMBER=text+pdf+image,ADMIN=off',
        STORAGE_LIMIT: 'MEMBER=12MB,ADMIN=off',
        WRITE_LIMIT: 'off',
      },
    });
    member = await server.signUp('member');
    other = await server.signUp('other');
    viewer = await server.signUp('viewer', 'VIEWER');
  });
  afterAll(() => server.stop());

  const put = (name: string, body: Uint8Array | string, headers: Record<string, string> = {}, as = member) =>
    fetch(`${server.url}/api/attachments?name=${encodeURIComponent(name)}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${as.token}`, ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
  const ask = (method: string, id: string, as = member) =>
    fetch(`${server.url}/api/attachments/${encodeURIComponent(id)}`, {
      method,
      headers: { Authorization: `Bearer ${as.token}` },
    });
  const upload = async (name: string, body: Uint8Array | string, as = member) => {
    const response = await put(name, body, {}, as);
    const text = await response.text();
    expect([response.status, text]).toEqual([200, expect.any(String)]);
    return JSON.parse(text);
  };

  it('stores a file, and downloads it with headers that make it harmless', async () => {
    const page = '<script>alert(1)</script>Some text that a model may read';
    const uploaded = await upload('naïve "page".txt', page);
    expect(uploaded).toMatchObject({
      name: 'naïve "page".txt',
      format: 'TEXT',
      mediaType: 'text/plain',
      size: page.length,
      preview: page,
    });
    const response = await ask('GET', uploaded.id);
    expect(await response.text()).toBe(page);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="na_ve _page_.txt"; filename*=UTF-8''na%C3%AFve%20%22page%22.txt`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    const head = await ask('HEAD', uploaded.id);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(page.length)]);
  });

  it('shows an image in place, without its metadata', async () => {
    const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .jpeg()
      .withExif({ IFD0: { Copyright: 'Secret place' } })
      .toBuffer();
    const { id, format } = await upload('photo.jpg', photo);
    const response = await ask('GET', id);
    const stored = Buffer.from(await response.arrayBuffer());
    expect(format).toBe('IMAGE');
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(response.headers.get('content-disposition')).toMatch(/^inline/);
    expect(photo.includes('Secret place')).toBe(true);
    expect(stored.includes('Secret place')).toBe(false);
  });

  it('resumes an upload in parts, and checks the whole', async () => {
    const bytes = Buffer.from('0123456789'.repeat(1000));
    const headers = (range: string) => ({ 'Repr-Digest': digestOf(bytes), 'Content-Range': range });
    const first = await put('long.txt', bytes.subarray(0, 4000), headers('bytes 0-3999/10000'));
    expect([first.status, await first.json()]).toEqual([202, { received: 4000 }]);
    const asked = await put('long.txt', '', headers('bytes */10000'));
    expect([asked.status, await asked.json()]).toEqual([202, { received: 4000 }]);
    const foreign = await put('long.txt', '', headers('bytes */10000'), other);
    expect(await foreign.json()).toEqual({ received: 0 });
    const twice = await put('long.txt', bytes.subarray(0, 4000), headers('bytes 0-3999/10000'));
    expect(await twice.json()).toEqual({ received: 4000 });
    const last = await put('long.txt', bytes.subarray(4000), headers('bytes 4000-9999/10000'));
    const attachment = await last.json();
    expect([last.status, attachment.size]).toEqual([200, 10_000]);
    expect(await (await ask('GET', attachment.id)).text()).toBe(bytes.toString());

    const wrong = { 'Repr-Digest': digestOf(Buffer.from('another')), 'Content-Range': 'bytes 0-9999/10000' };
    const damaged = await put('long.txt', bytes, wrong);
    expect([damaged.status, (await damaged.json()).detail]).toEqual([
      400,
      expect.stringMatching(/arrived damaged/),
    ]);
    const again = await put('long.txt', '', { ...wrong, 'Content-Range': 'bytes */10000' });
    expect(await again.json()).toEqual({ received: 0 });
  });

  it.each<[string, string, Uint8Array | string, Record<string, string>, number, RegExp]>([
    ['an empty file', 'a.txt', '', {}, 400, /"a.txt" is empty/],
    [
      'a large file',
      'a.txt',
      Buffer.alloc(9_000_001, 'a'),
      {},
      400,
      /has 9 MB; a file may have at most 9 MB/,
    ],
    [
      'a format that the role may not attach',
      'a.html',
      '<html>x',
      {},
      400,
      /of the format HTML.*TEXT, PDF, IMAGE/,
    ],
    ['a wrong checksum', 'a.txt', 'x', { 'Repr-Digest': digestOf(Buffer.from('y')) }, 400, /arrived damaged/],
    ['no checksum at all', 'a.txt', 'x', { 'Repr-Digest': 'md5=:x:' }, 400, /Repr-Digest must be such as/],
    [
      'a part without a checksum',
      'a.txt',
      'x',
      { 'Content-Range': 'bytes 0-0/2' },
      400,
      /needs the header Repr-Digest/,
    ],
    [
      'a malformed range',
      'a.txt',
      'x',
      { 'Content-Range': 'bytes 5-2/9' },
      400,
      /Content-Range must be such as/,
    ],
    [
      'a part of another length',
      'a.txt',
      'xyz',
      { 'Content-Range': 'bytes 0-1/9', 'Repr-Digest': digestOf(Buffer.from('y')) },
      400,
      /The body has 3 bytes; Content-Range says 2/,
    ],
    ['a PDF without text', 'scan.pdf', pdfOf(['']), {}, 400, /"scan.pdf" contains no text/],
    ['a damaged PDF', 'a.pdf', '%PDF-1.7 x', {}, 400, /"a.pdf" is damaged/],
  ])('rejects %s', async (_case, name, body, headers, status, detail) => {
    const response = await put(name, body, headers);
    expect([response.status, (await response.json()).detail]).toEqual([
      status,
      expect.stringMatching(detail),
    ]);
  });

  it('rejects a viewer, an anonymous caller, and a user whose storage is full, and stores nothing', async () => {
    expect((await put('a.txt', 'x', {}, viewer)).status).toBe(403);
    expect((await put('a.txt', 'x', { Authorization: '' })).status).toBe(401);
    const full = await server.signUp('full');
    await upload('a.txt', Buffer.alloc(2_000_000, 'a'), full);
    const rejected = await put('b.txt', Buffer.alloc(3_000_000, 'b'), {}, full);
    expect([rejected.status, (await rejected.json()).detail]).toEqual([
      429,
      expect.stringMatching(/Storage quota exceeded .* Delete conversations, documents or presets,/),
    ]);
    const { data } = await server.graphql<{ viewer: { attachments: { edges: object[] } } }>(
      '{ viewer { attachments(first: 9) { edges { node { name } } } } }',
      {},
      full.token,
    );
    expect(data?.viewer.attachments.edges).toEqual([{ node: { name: 'a.txt' } }]);
  });

  it('answers for another user’s file as for an absent one', async () => {
    const { id } = await upload('mine.txt', 'mine');
    for (const method of ['GET', 'HEAD', 'DELETE']) expect((await ask(method, id, other)).status).toBe(404);
    expect((await ask('GET', 'nonsense')).status).toBe(404);
    const { errors } = await server.graphql(`{ node(id: "${id}") { id } }`, {}, other.token);
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect((await ask('DELETE', id)).status).toBe(204);
    expect((await ask('GET', id)).status).toBe(404);
  });

  it('keeps a file that an equal attachment still has', async () => {
    const [one, twin] = [await upload('one.txt', 'equal'), await upload('twin.txt', 'equal')];
    await ask('DELETE', one.id);
    expect(await (await ask('GET', twin.id)).text()).toBe('equal');
  });

  it('exports attachments with their files, records them in the audit log, and deletes them with the user', async () => {
    const leaving = await server.signUp('leaving');
    const { id } = await upload('a.txt', 'exported', leaving);
    const sent = await upload('sent.txt', 'sent', leaving);
    const ownerId = decodeId('User', leaving.id);
    const conversation = newConversation({ ownerId });
    await server.stores.conversations.insert(conversation);
    await server.stores.attachments.assign(ownerId, [decodeId('Attachment', sent.id)], conversation.id);
    const exported = await fetch(`${server.url}/api/account/export`, {
      headers: { Authorization: `Bearer ${leaving.token}` },
    });
    const document = await exported.json();
    expect(document.attachments).toMatchObject([
      { name: 'sent.txt' },
      { name: 'a.txt', text: 'exported', file: Buffer.from('exported').toString('base64') },
    ]);
    expect(document.auditEvents).toEqual(
      expect.arrayContaining([expect.objectContaining({ action: 'UPLOAD_ATTACHMENT', outcome: 'OK' })]),
    );
    await server.graphql(
      'mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { deletedUserId } }',
      { input: { id: leaving.id } },
    );
    const keys: string[] = [];
    for await (const key of server.stores.attachmentFiles.keys(new Date(Date.now() + 60_000))) keys.push(key);
    expect(keys.filter((key) => key.startsWith(document.account.id))).toEqual([]);
    expect((await ask('GET', id, member)).status).toBe(404);
  });

  describe('by a GraphQL multipart request', () => {
    const query =
      'mutation ($file: Upload!) { uploadAttachment(input: { file: $file }) { attachment { name size url } } }';
    const send = (map: unknown, headers: Record<string, string>, variables: object = { file: null }) => {
      const form = new FormData();
      form.set('operations', JSON.stringify({ query, variables }));
      form.set('map', JSON.stringify(map));
      form.set('0', new File(['from a form'], 'form.txt'));
      return fetch(`${server.url}/graphql`, { method: 'POST', headers, body: form });
    };
    const asMember = () => ({ Authorization: `Bearer ${member.token}` });

    it('stores the file', async () => {
      const response = await send({ 0: ['variables.file'] }, asMember());
      const { data, errors } = await response.json();
      expect(errors).toBeUndefined();
      expect(data.uploadAttachment.attachment).toMatchObject({ name: 'form.txt', size: 11 });
      const file = await fetch(`${server.url}${data.uploadAttachment.attachment.url}`, {
        headers: asMember(),
      });
      expect(await file.text()).toBe('from a form');
    });

    it.each<[string, unknown, object, RegExp]>([
      ['no file', {}, { file: null }, /must not be null|non-nullable|Variable/],
      ['a text in its place', {}, { file: 'x' }, /An Upload is a file of a multipart/],
      ['a path outside of the variables', { 0: ['query'] }, { file: null }, /has the path "query"/],
      ['a path into a prototype', { 0: ['variables.__proto__.x'] }, { file: null }, /has the path/],
      ['an unknown part', { 7: ['variables.file'] }, { file: null }, /The part "7" of the map is missing/],
    ])('rejects %s', async (_case, map, variables, message) => {
      const response = await send(map, asMember(), variables);
      const { errors } = await response.json();
      expect(errors[0].message).toMatch(message);
    });

    it('rejects a form that another site could send', async () => {
      const response = await send({ 0: ['variables.file'] }, {});
      expect(response.status).toBe(415);
    });
  });
});
