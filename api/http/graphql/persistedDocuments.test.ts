import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServers, firstError, runOver, transports } from './guards.testing.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const byId = (id: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: id } } });

const servers = createServers();
const { start } = servers;
afterAll(() => servers.stop());

describe('persisted documents', () => {
  const own = '{ requestId }';
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ziggie-documents-'));
    file = join(folder, 'documents.json');
    await writeFile(file, JSON.stringify({ 'an id': own }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  describe.each(transports)('over %s', (transport) => {
    it('run by their id, with and without PERSISTED_ONLY', async () => {
      for (const only of [true, false]) {
        const server = await start({ persisted: { files: [file], only } });
        expect((await runOver(server, transport, byId('an id'))).data).toEqual({
          requestId: expect.any(String),
        });
      }
    });

    it('with an unknown id are rejected if only the id is sent, and run if their text is', async () => {
      const server = await start({ persisted: { files: [], only: false } });
      expect(firstError(await runOver(server, transport, byId('another id')))).toMatchObject({
        message: 'PersistedQueryNotFound',
        extensions: { code: 'PERSISTED_QUERY_NOT_FOUND', documentId: 'another id' },
      });
      const withText = { query: own, ...byId('another id') };
      expect((await runOver(server, transport, withText)).data).toEqual({ requestId: expect.any(String) });
    });

    it('are registered by a text with its hash, as Apollo’s clients do, and then run by the hash', async () => {
      const server = await start({ persisted: { files: [], only: false } });
      const text = `{ requestId } # ${transport}`;
      const id = hash(text);
      expect(firstError(await runOver(server, transport, byId(id)))?.extensions).toMatchObject({
        code: 'PERSISTED_QUERY_NOT_FOUND',
      });
      for (const request of [{ query: text, ...byId(id) }, byId(id)]) {
        expect((await runOver(server, transport, request)).data).toEqual({ requestId: expect.any(String) });
      }
      for (const request of [
        { query: `${text}!`, ...byId(id) },
        { query: text, ...byId(hash('another text')) },
      ]) {
        expect(firstError(await runOver(server, transport, request))).toMatchObject({
          message: expect.stringContaining('is not the SHA-256 of query'),
          extensions: { code: 'BAD_USER_INPUT' },
        });
      }
    });

    it('are not registered with PERSISTED_ONLY', async () => {
      const server = await start({ persisted: { files: [], only: true } });
      const request = { query: '{ viewer }', ...byId(hash('{ viewer }')) };
      expect(firstError(await runOver(server, transport, request))?.extensions.code).toBe('FORBIDDEN');
      expect(firstError(await runOver(server, transport, byId(hash('{ viewer }'))))?.extensions.code).toBe(
        'PERSISTED_QUERY_NOT_FOUND',
      );
    });

    it('are the only ones that run with PERSISTED_ONLY', async () => {
      const server = await start({ persisted: { files: [file], only: true } });
      for (const request of [{ query: '{ viewer }' }, { query: '{ viewer }', ...byId('another id') }]) {
        expect(firstError(await runOver(server, transport, request))).toMatchObject({
          message: expect.stringContaining('PERSISTED_DOCUMENTS'),
          extensions: { code: 'FORBIDDEN' },
        });
      }
      expect((await runOver(server, transport, { query: own })).data).toEqual({
        requestId: expect.any(String),
      });
    });

    it('are run by their id even if another text is sent with it', async () => {
      const server = await start({ persisted: { files: [file], only: true } });
      const answer = await runOver(server, transport, { query: '{ viewer }', ...byId('an id') });
      expect(answer.data).toEqual({ requestId: expect.any(String) });
    });
  });

  it("include the web app's documents by default", async () => {
    const text = await readFile(new URL('../../../schema/persisted.json', import.meta.url), 'utf8');
    const server = await start({ persisted: { files: [], only: true } });
    const [id = ''] = Object.keys(JSON.parse(text));
    // The schema of this test lacks their fields: the error shows that the text was found.
    expect(firstError(await runOver(server, 'HTTP', byId(id)))?.extensions.code).toBe('BAD_USER_INPUT');
    expect(hash(JSON.parse(text)[id])).toBe(id);
  });

  it('run over GET too, and an invalid id is rejected', async () => {
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
    ['is missing', null],
    ['is not JSON', 'x'],
    ['maps ids to other values', '{"id": 1}'],
  ])('in a file that %s stop the start with an error that names the file', async (_what, content) => {
    const path = join(folder, 'broken.json');
    await rm(path, { force: true });
    if (content !== null) await writeFile(path, content);
    await expect(start({ persisted: { files: [path], only: false } })).rejects.toThrow(
      /broken\.json can't be read/,
    );
  });
});
