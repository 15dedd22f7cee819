import { type Cluster, describeWithCluster, startCluster } from './harness/cluster.ts';

describeWithCluster('a limit that two replicas share', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({
      replicas: 2,
      engines: 1,
      tokensPerSecond: 1000,
      env: { RATE_LIMIT: '10/1m' },
    });
  }, 120_000);
  afterAll(() => cluster?.close(), 60_000);

  it('accepts exactly 10 of 200 concurrent requests', async () => {
    const asked = Array.from({ length: 200 }, (_, index) =>
      cluster.clients[index % 2]?.query(
        'mutation { generate(input: { prompt: "Count to 3." }) { generation { id } } }',
      ),
    );
    const codes = (await Promise.all(asked)).map((answer) => answer?.errors?.[0]?.extensions?.code ?? 'done');
    expect(codes.filter((code) => code === 'done')).toHaveLength(10);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(190);
  }, 60_000);
});
