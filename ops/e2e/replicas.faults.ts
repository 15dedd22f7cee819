import { Redis } from 'ioredis';
import { type Client, createTestClient } from './harness/client.ts';
import { type Cluster, describeWithCluster, startCluster } from './harness/cluster.ts';
import { readToTheEnd } from './harness/readToTheEnd.ts';
import { counted } from './harness/standin.ts';

const tabs = 50;
const engineTimeoutS = 4;

describeWithCluster('two replicas with two slots at one Ollama', () => {
  let cluster: Cluster;
  let redis: Redis;
  let here: Client;
  let there: Client;

  beforeAll(async () => {
    cluster = await startCluster({
      replicas: 2,
      engines: 1,
      tokensPerSecond: 100,
      env: { DRAIN_S: '2', OLLAMA_NUM_PARALLEL: '2', ENGINE_TIMEOUT_S: String(engineTimeoutS) },
    });
    redis = new Redis(cluster.redis.url);
  }, 120_000);
  beforeEach(() => {
    [here, there] = cluster.clients as [Client, Client];
  });
  afterEach(() => expect(cluster.unexpectedErrors()).toEqual([]));
  afterAll(async () => {
    redis?.disconnect();
    await cluster?.close();
  }, 120_000);

  const engine = () => {
    const [one] = cluster.engines;
    if (!one) throw new RangeError('there is no engine');
    return one;
  };

  const cancel = (client: Client, id: string) =>
    client.data<{ cancelGeneration: { generation: { status: string } } }>(
      'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { generation { status } } }',
      { id },
    );

  it(`runs one generation for ${tabs} tabs, and one Redis subscription per replica and channel`, async () => {
    const prompt = 'Count to 300.';
    const { generation } = await here.generate({ prompt });
    // Each tab has its own socket, and subscribes to the answer and the list.
    const open = Array.from({ length: tabs }, (_, index) =>
      createTestClient(cluster.replicas[index % 2]?.url ?? '', here.token),
    );
    const lists = open.map((tab) =>
      tab.subscribe<unknown>('subscription { conversationChanged { kind conversationId } }'),
    );
    const changes = lists.map((list) => list.next());
    const read = open.map((tab) => readToTheEnd(() => tab, generation.id));
    for await (const event of open[0]?.watch(generation.id) ?? []) if (event.cursor > 200) break;

    const channels = (await redis.pubsub('CHANNELS', '*')) as string[];
    const counts = (await redis.pubsub('NUMSUB', ...channels)) as (string | number)[];
    const subscribers = new Map(channels.map((_, index) => [counts[2 * index], counts[2 * index + 1]]));
    expect([...subscribers.values()].filter((count) => Number(count) > 2)).toEqual([]);
    expect([...subscribers].filter(([name]) => String(name).endsWith(':generations'))).toEqual([
      [expect.any(String), 2],
    ]);
    expect([...subscribers].filter(([name]) => String(name).includes('conversation.changed'))).toEqual([
      [expect.any(String), 2],
    ]);

    for (const { text, status } of await Promise.all(read)) {
      expect({ text, status }).toEqual({ text: counted(300), status: 'COMPLETED' });
    }
    // Every tab is notified of its end.
    await Promise.all(changes);
    expect(engine().begun.filter((question) => question === prompt)).toHaveLength(1);
    await Promise.all(lists.map((list) => list.return?.()));
    await Promise.all(open.map((tab) => tab.close()));
  }, 120_000);

  it('creates one generation for one key that both replicas get at the same time', async () => {
    const input = { prompt: 'Count to 31.', idempotencyKey: 'both at once' };
    const started = await Promise.all([here.generate(input), there.generate(input), here.generate(input)]);
    const ids = new Set(started.map(({ generation }) => generation.id));
    expect(ids.size).toBe(1);
    await there.finished([...ids][0] ?? '');
    expect(engine().begun.filter((question) => question === input.prompt)).toHaveLength(1);
  }, 60_000);

  it('cancels on any replica: queued generations at once, running ones within half a second, which frees the slot', async () => {
    const long = await Promise.all(
      [here, there].map((client, index) => client.generate({ prompt: `Count to ${5000 + index}.` })),
    );
    for (const [index] of long.entries()) await engine().hasBegun(`Count to ${5000 + index}.`);
    const [next, waiting] = [
      await here.generate({ prompt: 'Count to 41.' }),
      await here.generate({ prompt: 'Count to 42.' }),
    ];
    const { node } = await there.data<{ node: { queuePosition: number } }>(
      'query ($id: ID!) { node(id: $id) { ... on Generation { queuePosition } } }',
      { id: waiting.generation.id },
    );
    expect(node.queuePosition).toBe(2);
    expect((await cancel(there, waiting.generation.id)).cancelGeneration.generation.status).toBe('CANCELLED');

    const [running] = long;
    const runner = cluster.runnerOf(running?.generation.id ?? '');
    const other = runner === 0 ? there : here;
    const cancelledAt = performance.now();
    const [answer] = await Promise.all([
      cancel(other, running?.generation.id ?? ''),
      engine().hasBegun('Count to 41.'),
    ]);
    expect(performance.now() - cancelledAt).toBeLessThan(500);
    expect(answer.cancelGeneration.generation.status).toBe('CANCELLED');
    expect(await there.finished(next.generation.id)).toMatchObject({ text: counted(41) });
    await cancel(here, long[1]?.generation.id ?? '');
    expect(engine().begun).not.toContain('Count to 42.');
  }, 60_000);

  it.each(['killed', 'hung'])(
    'ends an answer with a code within the timeout if its Ollama is %s during the stream, and can continue it',
    async (fault) => {
      const count = fault === 'killed' ? 400 : 401;
      const { generation } = await here.generate({ prompt: `Count to ${count}.` });
      for await (const event of there.watch(generation.id)) if (event.cursor > 100) break;
      const brokenAt = performance.now();
      if (fault === 'killed') await engine().kill();
      else engine().hang();
      const broken = await readToTheEnd(() => there, generation.id);
      expect(performance.now() - brokenAt).toBeLessThan(engineTimeoutS * 1000 + 2000);
      expect(broken.status).toBe('FAILED');
      expect(counted(count).startsWith(broken.text)).toBe(true);
      const { node } = await here.data<{ node: { error: { code: string } } }>(
        'query ($id: ID!) { node(id: $id) { ... on Generation { error { code message } } } }',
        { id: generation.id },
      );
      expect(node.error.code).toBe(fault === 'killed' ? 'ENGINE_FAILED' : 'ENGINE_TIMEOUT');

      // Once all Ollamas are known to be unavailable, a request fails at once.
      if (fault === 'killed') {
        await Promise.all([0, 1].map((index) => cluster.ready(index, false)));
        const refused = await here.query(
          'mutation { generate(input: { prompt: "Count to 7." }) { generation { id } } }',
        );
        expect(refused.errors?.[0]?.extensions?.code).toBe('ENGINE_UNAVAILABLE');
        await engine().start();
      } else engine().resume();
      await Promise.all([0, 1].map((index) => cluster.ready(index)));
      await here.data(
        'mutation ($id: ID!) { continueGeneration(input: { id: $id }) { generation { id } } }',
        { id: generation.id },
      );
      expect(await readToTheEnd(() => there, generation.id)).toMatchObject({
        text: counted(count),
        status: 'COMPLETED',
      });
    },
    120_000,
  );

  it('truncates no answer during a rolling restart, though answers take longer than DRAIN_S', async () => {
    const prompts = [900, 901, 902, 903];
    const started = await Promise.all(
      prompts.map((count, index) => (index % 2 ? here : there).generate({ prompt: `Count to ${count}.` })),
    );
    await engine()
      .hasBegun('Count to 900.')
      .catch(() => {});
    const anyClient = () => cluster.clients[Math.floor(Math.random() * 2)] ?? here;
    const reads = started.map(({ generation }) => readToTheEnd(anyClient, generation.id));
    let handedOver = 0;
    for (const index of [0, 1]) {
      const old = cluster.replicas[index];
      expect(await old?.stop()).toBe(0);
      handedOver += old?.output().split('generation handed over').length ?? 0;
      handedOver -= 1;
      await cluster.start(index);
    }
    const results = await Promise.all(reads);
    expect(results.map(({ text, status }) => ({ text, status }))).toEqual(
      prompts.map((count) => ({ text: counted(count), status: 'COMPLETED' })),
    );
    expect(handedOver).toBeGreaterThan(0);
  }, 120_000);
});
