import type { Client } from './harness/client.ts';
import { type Cluster, describeWithCluster, startCluster } from './harness/cluster.ts';
import { readToTheEnd } from './harness/readToTheEnd.ts';
import { counted } from './harness/standin.ts';

/** CI runs a short form with the same faults, but fewer repetitions. */
const isShort = process.env.FAULTS === 'short';
const reconnects = isShort ? 30 : 100;
const storeGoneMs = isShort ? 6000 : 20_000;

describeWithCluster('three replicas on Redis, MongoDB and two Ollamas', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({ replicas: 3, engines: 2, tokensPerSecond: 60, env: { DRAIN_S: '20' } });
  }, 120_000);
  afterAll(() => cluster.close(), 120_000);

  /** No replica may mask an error: expected failures have a code. */
  afterEach(() => expect(cluster.unexpectedErrors()).toEqual([]));

  const any = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(Math.random() * items.length)];
    if (item === undefined) throw new RangeError('nothing to choose from');
    return item;
  };
  const anyClient = () => any(cluster.clients);
  const first = () => anyClient();

  const stored = async (client: Client, id: string) =>
    (
      await client.data<{ node: { text: string; status: string; message: { content: string } } }>(
        'query ($id: ID!) { node(id: $id) { ... on Generation { text status message { content } } } }',
        { id },
      )
    ).node;

  const begun = async (client: Client, id: string, characters = 40) => {
    for await (const event of client.watch(id)) if (event.cursor > characters) return;
  };

  it('sends every character once to a reader that reconnects to random replicas', async () => {
    const { generation } = await first().generate({ prompt: 'Count to 900.' });
    let text = '';
    let cursor = 0;
    let connections = 0;
    let status = '';
    while (status !== 'COMPLETED') {
      connections += 1;
      const leaveAfter =
        connections < reconnects ? 1 + Math.floor(Math.random() * 8) : Number.POSITIVE_INFINITY;
      let seen = 0;
      for await (const event of anyClient().watch(generation.id, cursor)) {
        expect(event.offset).toBe(text.length);
        text += event.delta;
        cursor = event.cursor;
        status = event.status;
        seen += 1;
        if (seen >= leaveAfter) break;
      }
    }
    expect(connections).toBe(reconnects);
    expect(text).toBe(counted(900));
    expect(await stored(anyClient(), generation.id)).toEqual({
      text,
      status: 'COMPLETED',
      message: { content: text },
    });
  }, 180_000);

  it('takes over the generation of a killed replica within ten seconds', async () => {
    const { generation } = await first().generate({ prompt: 'Count to 600.' });
    const survivors: Client[] = [];
    await begun(anyClient(), generation.id);
    const runner = cluster.runnerOf(generation.id);
    expect(runner).toBeGreaterThanOrEqual(0);
    survivors.push(...cluster.clients.filter((_, index) => index !== runner));
    const reads = survivors.map((client) => readToTheEnd(() => client, generation.id));
    const killedAt = Date.now();
    await cluster.replicas[runner]?.kill();
    let takenOverAt = 0;
    for await (const event of any(survivors).watch(generation.id)) {
      if (event.attempt > 1) {
        takenOverAt = Date.now();
        break;
      }
    }
    expect(takenOverAt - killedAt).toBeLessThan(10_000);
    for (const result of await Promise.all(reads)) {
      expect(result).toEqual({ text: counted(600), status: 'COMPLETED', attempt: 2 });
    }
    await cluster.start(runner);
  }, 180_000);

  it('recovers its readers when Redis is killed and restarted during an answer', async () => {
    const { generation } = await first().generate({ prompt: 'Count to 800.' });
    const reads = cluster.clients.map((client) => readToTheEnd(() => client, generation.id));
    await begun(anyClient(), generation.id);
    await cluster.redis.kill();
    const refused = await anyClient().query(
      'mutation { generate(input: { prompt: "Count to 5." }) { generation { id } } }',
    );
    expect(refused.errors?.[0]?.extensions?.code).toBe('SERVICE_UNAVAILABLE');
    const { conversations } = await anyClient().data<{ conversations: { edges: unknown[] } }>(
      '{ conversations(first: 5) { edges { node { title } } } }',
    );
    expect(conversations.edges.length).toBeGreaterThan(0);
    await cluster.redis.start();
    for (const { text, status } of await Promise.all(reads)) {
      expect({ text, status }).toEqual({ text: counted(800), status: 'COMPLETED' });
    }
    expect((await stored(anyClient(), generation.id)).text).toBe(counted(800));
  }, 180_000);

  it('keeps streaming while the store is unavailable, and stores everything afterwards', async () => {
    const { generation } = await first().generate({ prompt: 'Count to 1500.' });
    const client = anyClient();
    const read = readToTheEnd(() => client, generation.id);
    await begun(anyClient(), generation.id);
    const watching = client.watch(generation.id);
    await watching.next();
    cluster.store.cut();
    const cutAt = Date.now();
    let grew = 0;
    for await (const event of watching) {
      grew = event.cursor;
      if (Date.now() - cutAt > storeGoneMs) break;
    }
    expect(grew).toBeGreaterThan(100);
    cluster.store.restore();
    expect(await read).toMatchObject({ text: counted(1500), status: 'COMPLETED' });
    expect((await stored(anyClient(), generation.id)).message.content).toBe(counted(1500));
  }, 240_000);

  it('uses another Ollama if one is killed or hangs before the first token', async () => {
    const [one] = cluster.engines;
    for (const fault of ['kill', 'hang'] as const) {
      if (fault === 'kill') await one?.kill();
      else one?.hang();
      const started = await Promise.all(
        [10, 20, 30, 40].map((count) => first().generate({ prompt: `Count to ${count}.` })),
      );
      const results = await Promise.all(
        started.map(({ generation }) => readToTheEnd(anyClient, generation.id)),
      );
      expect(results.map(({ text }) => text)).toEqual([10, 20, 30, 40].map(counted));
      if (fault === 'kill') await one?.start();
      else one?.resume();
    }
  }, 240_000);

  it('ends an answer with a code if Ollama sends half a line, and can continue it', async () => {
    const client = first();
    const { generation } = await client.generate({ prompt: 'Count to 200, with half a line on the way.' });
    const failed = await readToTheEnd(() => client, generation.id);
    expect(failed).toMatchObject({ status: 'FAILED' });
    expect(counted(200).startsWith(failed.text)).toBe(true);
    await client.data(
      'mutation ($id: ID!) { continueGeneration(input: { id: $id }) { generation { id } } }',
      {
        id: generation.id,
      },
    );
    expect(await readToTheEnd(() => client, generation.id)).toMatchObject({
      text: counted(200),
      status: 'COMPLETED',
    });
  }, 120_000);

  it('truncates none of twenty answers when a replica gets SIGTERM', async () => {
    const started = await Promise.all(
      Array.from({ length: 20 }, (_, index) => first().generate({ prompt: `Count to ${100 + index}.` })),
    );
    const [first_] = started;
    await begun(anyClient(), first_?.generation.id ?? '', 10);
    const leaver = Math.max(0, cluster.runnerOf(first_?.generation.id ?? ''));
    const others = () => any(cluster.clients.filter((_, index) => index !== leaver));
    const reads = started.map(({ generation }) => readToTheEnd(others, generation.id));
    expect(await cluster.replicas[leaver]?.stop()).toBe(0);
    const results = await Promise.all(reads);
    expect(results.map(({ text, status }) => ({ text, status }))).toEqual(
      started.map((_, index) => ({ text: counted(100 + index), status: 'COMPLETED' })),
    );
    await cluster.start(leaver);
  }, 240_000);
});
