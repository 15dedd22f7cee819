import { Redis } from 'ioredis';
import { pino } from 'pino';
import { eventually } from '../../process/eventually.testing.ts';
import { createIds } from '../../process/ids.ts';
import { createRedisBus } from '../../realtime/bus.redis.ts';
import {
  createOwnRedis,
  describeWithOwnRedis,
  type OwnRedis,
  openReplicas,
} from '../../redis/server.testing.ts';
import { createManualJobs } from './jobs.testing.ts';
import { openQueue, type Replicas } from './queue.bullmq.testing.ts';
import { createBullmqQueue } from './queue.bullmq.ts';
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

  it('takes a job that was added again, even if Redis accepts no connection when the first run ends', async () => {
    const errors: string[] = [];
    const log = pino({ level: 'error' }, { write: (line) => errors.push(line) });
    const redis = replicas.replica();
    const bus = createRedisBus(redis);
    const logging = createBullmqQueue({ redis, bus, log, globalSlots: () => null });
    const runs = createManualJobs();
    const id = ids.next();
    const stop = logging.work(runs.run, () => 1);
    await logging.add({ id, ownerId: 'ann' });
    await runs.count(1);
    await logging.add({ id, ownerId: 'ann' });

    // The worker keeps its connections. The one for commands is lost, and can't be opened again.
    const administrator = new Redis(server.url);
    await administrator.config('SET', 'maxclients', '1');
    await administrator.client('KILL', 'ID', await redis.ask((client) => client.client('ID')));
    runs.end(id);
    await eventually(
      () => administrator.llen('{queue}:generations:active'),
      (active) => active === 0,
    );
    // These commands wait for a connection as long as that of the ended run.
    for (let times = 0; times < 2; times += 1) {
      await expect(logging.add({ id: ids.next(), ownerId: 'ann' })).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
      });
    }
    await administrator.config('SET', 'maxclients', '1000');
    await runs.count(2);
    expect(runs.taken).toEqual([id, id]);
    expect(errors).toEqual([]);
    runs.end(id);
    await stop();
    await logging.close();
    administrator.disconnect();
  }, 40_000);
});
