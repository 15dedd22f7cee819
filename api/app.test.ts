import type { Generation } from './generations/generation.ts';
import { startTestApp, type TestApp } from './http/testing/app.testing.ts';
import { eventually } from './process/eventually.testing.ts';
import { writeGeneration } from './stores/stores.contract.ts';

describe('the service in one process', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await startTestApp({ requeueEveryMs: 50 });
  });
  afterEach(() => app.stop());

  const ended = (of: () => Promise<Generation | null>) =>
    eventually(of, (found) => found?.status === 'COMPLETED' || found?.status === 'FAILED');

  it.each([
    ['RUNNING', 2],
    ['QUEUED', 1],
  ] as const)('completes an orphaned generation that is %s', async (status, attempt) => {
    const admin = await app.stores.accounts.findUserByName('admin');
    const orphan = await writeGeneration(app.stores, { ownerId: admin?.id ?? '', status });
    expect(await ended(() => app.stores.generations.findAnyOwner(orphan.id))).toMatchObject({ attempt });
  });

  it('requeues no generation that a worker is running', async () => {
    const { graphql, standin, lastGeneration } = app;
    standin.play({ tokens: ['One', ' two', ' three', ' four'], tokensPerSecond: 10 });
    const ask = `mutation { generate(input: { prompt: "Count" }) { generation { id } } }`;
    expect((await graphql(ask)).errors).toBeUndefined();
    expect(await ended(lastGeneration)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
    expect(standin.chats).toHaveLength(1);
  });
});
