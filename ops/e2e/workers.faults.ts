import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestClient } from './harness/client.ts';
import { type Cluster, describeWithCluster, startCluster } from './harness/cluster.ts';
import { hasText, readToTheEnd } from './harness/readToTheEnd.ts';
import { counted } from './harness/standin.ts';

/** The timeout until there are as many workers as expected, in ms. */
const limitMs = 20_000;

describeWithCluster('one server with two workers', () => {
  let cluster: Cluster;
  let url: string;
  let token: string;

  beforeAll(async () => {
    cluster = await startCluster({
      replicas: 1,
      engines: 1,
      tokensPerSecond: 50,
      env: { WORKERS: '2', DRAIN_S: '20' },
    });
    url = cluster.replicas[0]?.url ?? '';
    token = cluster.clients[0]?.token ?? '';
  }, 120_000);
  afterAll(() => cluster?.close(), 120_000);

  const primary = () => cluster.replicas[0]?.pid ?? 0;
  const pids = async (): Promise<readonly number[]> => {
    const children = await readFile(`/proc/${primary()}/task/${primary()}/children`, 'utf8');
    return children.trim().split(/\s+/).filter(Boolean).map(Number);
  };
  const metric = async (name: string): Promise<number> => {
    const response = await fetch(`${url}/metrics`);
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await response.text())?.[1]);
  };
  const until = async (isTrue: () => Promise<boolean>) => {
    const giveUpAt = performance.now() + limitMs;
    while (!(await isTrue())) {
      if (performance.now() > giveUpAt) throw new Error(`waited in vain:\n${cluster.replicas[0]?.output()}`);
      await sleep(100);
    }
  };
  const generate = async (prompt: string) => {
    const client = createTestClient(url, token);
    const { generation } = await client.generate({ prompt });
    return { client, generation };
  };

  it('prints one banner, and counts all sockets in its metrics', async () => {
    await until(async () => (await metric('ziggie_replicas')) === 2);
    expect(await pids()).toHaveLength(2);
    expect(cluster.replicas[0]?.output().match(/API {2,}http/g)).toHaveLength(1);
    const before = await metric('ziggie_sockets');
    const { client: first, generation } = await generate('Count to 100.');
    const tabs = Array.from({ length: 6 }, () => createTestClient(url, token));
    const read = [first, ...tabs].map((tab) => readToTheEnd(() => tab, generation.id));
    await until(async () => (await metric('ziggie_sockets')) >= before + tabs.length);
    for (const { text, status } of await Promise.all(read)) {
      expect({ text, status }).toEqual({ text: counted(100), status: 'COMPLETED' });
    }
    await Promise.all([first, ...tabs].map((tab) => tab.close()));
  }, 60_000);

  it('replaces a worker that is killed, and completes the answers that it ran', async () => {
    const before = await pids();
    const started = await Promise.all(Array.from({ length: 4 }, () => generate('Count to 400.')));
    const read = started.map(({ generation }) =>
      readToTheEnd(() => createTestClient(url, token), generation.id),
    );
    await Promise.all(started.map(({ client, generation }) => hasText(client, generation.id)));
    process.kill(before[0] ?? 0, 'SIGKILL');
    await until(async () => {
      const now = await pids();
      return now.length === 2 && !now.includes(before[0] ?? 0);
    });
    for (const { text, status } of await Promise.all(read)) {
      expect({ text, status }).toEqual({ text: counted(400), status: 'COMPLETED' });
    }
    expect(cluster.replicas[0]?.output()).toContain('workers: worker exited, starting another one');
    cluster.unexpectedErrors();
    await Promise.all(started.map(({ client }) => client.close()));
  }, 120_000);

  it('lets running answers end after SIGTERM, and exits with 0', async () => {
    const { client, generation } = await generate('Count to 150.');
    await hasText(client, generation.id);
    expect(await cluster.replicas[0]?.stop()).toBe(0);
    await client.close();
    expect(cluster.replicas[0]?.output()).not.toContain('"level":"fatal"');
    await cluster.start(0, { WORKERS: '1' });
    const again = createTestClient(cluster.replicas[0]?.url ?? '', cluster.clients[0]?.token ?? '');
    const { text, status } = await readToTheEnd(() => again, generation.id);
    expect({ text, status }).toEqual({ text: counted(150), status: 'COMPLETED' });
    await again.close();
  }, 120_000);
});
