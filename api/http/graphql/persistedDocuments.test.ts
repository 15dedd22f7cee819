import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, createServers, firstError, ways } from './guards.testing.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const byId = (id: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } });

const servers = createServers();
const { start } = servers;
afterAll(() => servers.stop());

describe('known documents', () => {
  const own = '{ requestId }';
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-documents-'));
    file = join(folder, 'documents.json');
    await writeFile(file, JSON.stringify({ 'an id': own }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  describe.each(ways)('over %s', (way) => {
    it('are answered by their id, also where others are refused', async () => {
      for (const only of [true, false]) {
        const server = await start({ persisted: { files: [file], only } });
        expect((await ask(server, way, byId('an id'))).data).toEqual({ requestId: expect.any(String) });
      }
    });

    it('are asked for in full where the id is not known', async () => {
      const server = await start({ persisted: { files: [], only: false } });
      expect(firstError(await ask(server, way, byId('another id')))).toMatchObject({
        message: expect.stringContaining('Send its text'),
        extensions: { code: 'NOT_FOUND', documentId: 'another id' },
      });
      const inFull = { query: own, ...byId('another id') };
      expect((await ask(server, way, inFull)).data).toEqual({ requestId: expect.any(String) });
    });

    it('are all that is answered with PERSISTED_ONLY', async () => {
      const server = await start({ persisted: { files: [file], only: true } });
      for (const request of [{ query: '{ viewer }' }, { query: '{ viewer }', ...byId('another id') }]) {
        expect(firstError(await ask(server, way, request))).toMatchObject({
          message: expect.stringContaining('PERSISTED_DOCUMENTS'),
          extensions: { code: 'FORBIDDEN' },
        });
      }
      expect((await ask(server, way, { query: own })).data).toEqual({ requestId: expect.any(String) });
    });

    it('can not be slipped in under the id of another', async () => {
      const server = await start({ persisted: { files: [file], only: true } });
      const answer = await ask(server, way, { query: '{ viewer }', ...byId('an id') });
      expect(answer.data).toEqual({ requestId: expect.any(String) });
    });
  });

  it("are the web app's without a word", async () => {
    const text = await readFile(new URL('../../../schema/persisted.json', import.meta.url), 'utf8');
    const server = await start({ persisted: { files: [], only: true } });
    const [id = ''] = Object.keys(JSON.parse(text));
    // The small schema of this test has none of their fields, which is said once the text is found.
    expect(firstError(await ask(server, 'HTTP', byId(id)))?.extensions.code).toBe('BAD_USER_INPUT');
    expect(hash(JSON.parse(text)[id])).toBe(id);
  });

  it('are found by GET too, and an id that is none is bad input', async () => {
    const server = await start({ persisted: { files: [file], only: true } });
    const get = (extensions: object) =>
      fetch(`${server.url}/graphql?extensions=${encodeURIComponent(JSON.stringify(extensions))}`, {
        headers: { Accept: 'application/graphql-response+json' },
      });
    expect(await (await get(byId('an id').extensions)).json()).toMatchObject({
      data: { requestId: expect.any(String) },
    });
    const wrong = await get({ persistedQuery: { sha256Hash: 7 } });
    expect(wrong.status).toBe(400);
  });

  it.each([
    ['is not there', null],
    ['is no JSON', 'x'],
    ['maps to something else', '{"id": 1}'],
  ])('in a file that %s keep the server from starting, in words', async (_what, content) => {
    const path = join(folder, 'broken.json');
    await rm(path, { force: true });
    if (content !== null) await writeFile(path, content);
    await expect(start({ persisted: { files: [path], only: false } })).rejects.toThrow(
      /broken\.json can't be read/,
    );
  });
});
