import { eventually } from '../../api/process/eventually.testing.ts';
import type { Client } from './harness/client.ts';
import { type Cluster, describeWithCluster, rawId, startCluster } from './harness/cluster.ts';
import { readToTheEnd } from './harness/readToTheEnd.ts';
import { counted } from './harness/standin.ts';

const tokens = 400;

describeWithCluster('a replica that is paused for longer than its lease', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, engines: 1, tokensPerSecond: 40 });
  }, 120_000);
  afterAll(() => cluster.close(), 120_000);
  afterEach(() => expect(cluster.unexpectedErrors()).toEqual([]));

  const stored = (client: Client, id: string) =>
    client.data<{ node: { text: string; status: string; attempt: number; message: { content: string } } }>(
      'query ($id: ID!) { node(id: $id) { ... on Generation { text status attempt message { content } } } }',
      { id },
    );

  const countedGenerations = async (client: Client): Promise<number> => {
    const { usage } = await client.data<{ usage: { total: { generations: number } } }>(
      '{ usage(by: DAY) { total { generations } } }',
    );
    return usage.total.generations;
  };

  it.each(['during the other replica’s answer', 'after the other replica’s answer'])(
    'changes nothing when it continues %s',
    async (when) => {
      const [first] = cluster.clients;
      if (!first) throw new RangeError('there is no client');
      const countedBefore = await countedGenerations(first);
      const { generation } = await first.generate({ prompt: `Count to ${tokens}.` });
      const { id } = generation;
      for await (const event of first.watch(id)) if (event.cursor > 100) break;

      const runner = cluster.runnerOf(id);
      const paused = cluster.replicas[runner];
      const [own, other] = [cluster.clients[runner], cluster.clients[1 - runner]];
      if (!paused || !own || !other) throw new RangeError('the generation has not started');
      const reads = [own, other].map((client) => readToTheEnd(() => client, id));
      paused.pause();
      try {
        for await (const event of other.watch(id)) {
          if (event.attempt > 1 && when.startsWith('during')) break;
        }
      } finally {
        paused.resume();
      }
      const wholeAnswer = { text: counted(tokens), status: 'COMPLETED', attempt: 2 };
      expect(await Promise.all(reads)).toEqual([wholeAnswer, wholeAnswer]);
      // The paused run has noticed that it lost the generation, so all of its late writes have happened.
      const isOver = (line: string) => line.includes(rawId(id)) && line.includes('generation superseded');
      await eventually(
        () => paused.output().split('\n').filter(isOver).length,
        (count) => count === 1,
      );
      for (const client of [own, other]) {
        expect((await stored(client, id)).node).toEqual({
          ...wholeAnswer,
          message: { content: wholeAnswer.text },
        });
      }
      expect(await countedGenerations(other)).toBe(countedBefore + 1);
    },
    120_000,
  );
});
