import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, signIn } from './harness/client.ts';
import { describeWithCluster, startCluster } from './harness/cluster.ts';
import { makeFolder, removeFolder } from './harness/folder.ts';
import { adminPassword, startServer } from './harness/process.ts';
import { counted, startStandin } from './harness/standin.ts';

interface Batch {
  readonly status: string;
  readonly completed: number;
  readonly failed: number;
}

interface Line {
  readonly id: string;
  readonly status: string;
  readonly text: string;
}

/** The first input counts to this, each further one to one more, so that each answer is another. */
const first = 20;

/** Starts a batch of `count` inputs. Returns its id. */
const run = async (client: Client, count: number): Promise<string> => {
  const { createPreset } = await client.data<{ createPreset: { preset: { id: string } } }>(
    `mutation { createPreset(input: { definition: { name: "count", title: "Count", template: "Count to {{n}}.",
      variables: [{ name: "n", label: "N", type: NUMBER }] } }) { preset { id } } }`,
  );
  const inputs = Array.from({ length: count }, (_, index) => ({ variables: { n: first + index } }));
  const { runBatch } = await client.data<{ runBatch: { batch: { id: string } } }>(
    'mutation ($input: RunBatchInput!) { runBatch(input: $input) { batch { id } } }',
    { input: { presetId: createPreset.preset.id, inputs } },
  );
  return runBatch.batch.id;
};

const read = async (client: Client, id: string): Promise<Batch> =>
  (
    await client.data<{ node: Batch }>(
      'query ($id: ID!) { node(id: $id) { ... on Batch { status completed failed } } }',
      { id },
    )
  ).node;

const until = async (
  client: () => Client,
  id: string,
  isTrue: (batch: Batch) => boolean,
  limitMs = 100_000,
): Promise<Batch> => {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const batch = await read(client(), id);
    if (isTrue(batch)) return batch;
    if (performance.now() > giveUpAt) throw new Error(`still ${JSON.stringify(batch)}`);
    await sleep(100);
  }
};

const resultsOf = async (url: string, token: string, id: string): Promise<readonly Line[]> => {
  const response = await fetch(`${url}/api/llm/batches/${encodeURIComponent(id)}/results`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
};

/** Each input has its own answer, once and in order. */
const expectAll = (lines: readonly Line[], count: number): void => {
  expect(lines.map(({ id, status, text }) => ({ id, status, text }))).toEqual(
    Array.from({ length: count }, (_, index) => ({
      id: String(index + 1),
      status: 'COMPLETED',
      text: counted(first + index),
    })),
  );
};

describeWithCluster('a batch on two replicas', () => {
  it('completes each input once although one of them is killed, and another is stopped', async () => {
    const cluster = await startCluster({ replicas: 2, engines: 1, tokensPerSecond: 50 });
    const [engine] = cluster.engines;
    try {
      const count = 40;
      const survivor = () => cluster.clients[1] as Client;
      const id = await run(survivor(), count);
      await until(survivor, id, ({ completed }) => completed >= 4);
      await cluster.clients[0]?.close();
      await cluster.replicas[0]?.kill();
      const killed = await read(survivor(), id);
      expect(killed.completed).toBeLessThan(count);
      // A third replica starts, and the second one stops in an orderly way.
      await cluster.start(0);
      await until(survivor, id, ({ completed }) => completed >= killed.completed + 4);
      await cluster.clients[1]?.close();
      await cluster.replicas[1]?.stop();
      const last = () => cluster.clients[0] as Client;
      const done = await until(last, id, ({ status }) => status !== 'RUNNING');
      expect(done).toEqual({ status: 'COMPLETED', completed: count, failed: 0 });
      const { url = '' } = cluster.replicas[0] ?? {};
      expectAll(await resultsOf(url, last().token, id), count);
      const questions = engine?.begun.filter((question) => question.startsWith('Count to')) ?? [];
      // Those that ran when their replica ended ran again.
      expect(questions.length).toBeLessThanOrEqual(count + 20);
      await cluster.start(1);
    } finally {
      await cluster.close();
    }
  }, 240_000);
});

describe('a batch on one server', () => {
  it('goes on after kill -9 as soon as the server is back', async () => {
    const [folder, engine] = await Promise.all([makeFolder(), startStandin(100)]);
    const env = { OLLAMA_URL: engine.url };
    let server = await startServer({ dataDir: folder, env });
    try {
      const count = 25;
      const before = await signIn(server.url, 'admin', adminPassword);
      const id = await run(before, count);
      await until(
        () => before,
        id,
        ({ completed }) => completed >= 3,
      );
      await before.close();
      await server.kill();
      server = await startServer({ dataDir: folder, env });
      const after = await signIn(server.url, 'admin', adminPassword);
      const done = await until(
        () => after,
        id,
        ({ status }) => status !== 'RUNNING',
        // The claims of the dead process don't have to expire.
        40_000,
      );
      expect(done).toEqual({ status: 'COMPLETED', completed: count, failed: 0 });
      expectAll(await resultsOf(server.url, after.token, id), count);
      await after.close();
    } finally {
      await server.stop();
      await engine.kill();
      await removeFolder(folder);
    }
  }, 120_000);
});
