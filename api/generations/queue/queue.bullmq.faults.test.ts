import { createIds } from '../../process/ids.ts';
import {
  createOwnRedis,
  describeWithOwnRedis,
  type OwnRedis,
  openReplicas,
} from '../../redis/server.testing.ts';
import { createManualJobs } from './jobs.testing.ts';
import { openQueue, type Replicas } from './queue.bullmq.testing.ts';
import type { Queue } from './queue.ts';

describeWithOwnRedis('the queue while Redis is down', () => {
  const ids = createIds();
  let server: OwnRedis;
  let replicas: Replicas;
  let queue: Queue;

  beforeEach(async () => {
    server = await createOwnRedis();
    await server.start();
    replicas = openReplicas('', server.url);
    queue = openQueue(replicas);
  });
  afterEach(async () => {
    await queue.close();
    await replicas.close();
    await server.remove();
  });

  it('rejects a job within three seconds, and resumes when Redis is back', async () => {
    const runs = createManualJobs();
    const [first, second] = [ids.next(), ids.next()];
    const stop = queue.work(runs.run, () => 1);
    await queue.add({ id: first, ownerId: 'ann' });
    await queue.add({ id: second, ownerId: 'ann' });
    await runs.count(1);

    await server.kill();
    const startedAt = performance.now();
    await expect(queue.add({ id: ids.next(), ownerId: 'ann' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(performance.now() - startedAt).toBeLessThan(3000);

    await server.start();
    // The running job survived the outage, and ends normally.
    runs.end(first);
    await runs.count(2);
    expect(runs.taken[1]).toBe(second);
    runs.end(second);
    await stop();
  }, 40_000);

  it('rejects a job within three seconds if Redis hangs', async () => {
    await queue.add({ id: ids.next(), ownerId: 'ann' });
    server.hang();
    const startedAt = performance.now();
    await expect(queue.add({ id: ids.next(), ownerId: 'ann' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect(performance.now() - startedAt).toBeLessThan(3500);
    server.wake();
  }, 20_000);

  it('stops while Redis is down', async () => {
    const runs = createManualJobs();
    const id = ids.next();
    const stop = queue.work(runs.run, () => 1);
    await queue.add({ id, ownerId: 'ann' });
    await runs.count(1);
    await server.kill();
    const stopped = stop();
    runs.end(id);
    const startedAt = performance.now();
    await stopped;
    expect(performance.now() - startedAt).toBeLessThan(6000);
  }, 20_000);
});
