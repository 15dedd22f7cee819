import { type OllamaStandin, startOllamaStandin } from '../../api/engine/standin/standin.ollama.ts';
import { eventually } from '../../api/process/eventually.testing.ts';
import { type Client, signIn } from './harness/client.ts';
import { describeWithCluster, startCluster } from './harness/cluster.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, startServer } from './harness/process.ts';

/** The passages of a batch. A crash loses at most one batch. */
const batchSize = 16;
/** Longer than the claim of a process that was killed. */
const waiting = { limitMs: 90_000, intervalMs: 100 };

const capabilities = ['completion', 'embedding'];
const text = Array.from({ length: 120 }, (_, at) => `# Part ${at}\n${`word${at} `.repeat(60)}`).join('\n\n');

const upload = async (url: string, { token }: Client): Promise<string> => {
  const response = await fetch(`${url}/api/attachments?name=long.md`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}` },
    body: text,
  });
  return (await response.json()).id;
};

const indexingOf = async (client: Client, id: string) =>
  (
    await client.data<{ node: { indexing: { state: string; done: number; total: number } } }>(
      'query ($id: ID!) { node(id: $id) { ... on Attachment { indexing { state done total } } } }',
      { id },
    )
  ).node.indexing;

const untilPartly = (client: Client, id: string) =>
  eventually(
    () => indexingOf(client, id),
    ({ done }) => done > 0,
    waiting,
  );
const untilDone = (client: Client, id: string) =>
  eventually(
    () => indexingOf(client, id),
    ({ state }) => state === 'DONE',
    waiting,
  );

describe('the indexing of a document that is interrupted by kill -9', () => {
  let engine: OllamaStandin;
  beforeEach(async () => {
    engine = await startOllamaStandin({ capabilities, embedMs: 2_000 });
  });
  /** Keeps a batch from ending before the process is killed. */
  const hold = () => engine.play({ capabilities, embedMs: 50_000 });
  const release = () => engine.play({ capabilities });
  afterEach(() => engine.close());

  it('continues after the restart, and embeds no passage twice but those of a batch', async () => {
    const folder = await makeFolder();
    const options = { dataDir: folder, env: { OLLAMA_URL: engine.url } };
    let server = await startServer(options);
    try {
      const before = await signIn(server.url, 'admin', adminPassword);
      const id = await upload(server.url, before);
      const { done, total } = await untilPartly(before, id);
      hold();
      await server.kill();
      await before.close();
      expect(engine.embedded.length).toBeLessThan(total);
      release();

      server = await startServer(options);
      const after = await signIn(server.url, 'admin', adminPassword);
      expect((await indexingOf(after, id)).done).toBeGreaterThanOrEqual(done);
      expect(await untilDone(after, id)).toEqual({ state: 'DONE', done: total, total });
      expect(new Set(engine.embedded).size).toBe(total);
      expect(engine.embedded.length).toBeLessThanOrEqual(total + batchSize);
      await after.close();
    } finally {
      await server.stop();
      await removeFolder(folder);
    }
  }, 180_000);

  describeWithCluster('on one of two replicas', () => {
    it('continues on the other one', async () => {
      const env = { OLLAMA_URL: engine.url };
      const cluster = await startCluster({ replicas: 1, engines: 0, tokensPerSecond: 1, env });
      try {
        const [first] = cluster.clients;
        const id = await upload(cluster.replicas[0]?.url ?? '', first as Client);
        const { total } = await untilPartly(first as Client, id);
        hold();
        // Started later, so that it is the first one that has the document.
        await cluster.start(1);
        await cluster.replicas[0]?.kill();
        expect(engine.embedded.length).toBeLessThan(total);
        release();
        const other = cluster.clients[1] as Client;
        expect(await untilDone(other, id)).toEqual({ state: 'DONE', done: total, total });
        expect(new Set(engine.embedded).size).toBe(total);
        expect(engine.embedded.length).toBeLessThanOrEqual(total + batchSize);
      } finally {
        await cluster.close();
      }
    }, 240_000);
  });
});
