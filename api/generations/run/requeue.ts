import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailable } from '../../errors/failures.ts';
import type { Generation } from '../generation.ts';
import { enqueue } from './enqueue.ts';
import type { RecoverDeps } from './recovery.ts';

/** How long it is retried, after which recovery requeues it, and the pauses between two tries, in ms. */
const patienceMs = 60_000;
const [minPauseMs, maxPauseMs] = [100, 1000];

/**
 * Queues a generation that was stored while Redis was lost, as soon as Redis is back: recovery alone would look for it
 * up to a minute later. Repeats nothing that a worker has begun. Never rejects.
 */
export const requeueWhenBack = async (deps: RecoverDeps, { id }: Generation): Promise<void> => {
  const giveUpAt = performance.now() + patienceMs;
  for (let pauseMs = minPauseMs; performance.now() < giveUpAt; pauseMs *= 2) {
    await sleep(Math.min(pauseMs, maxPauseMs) * (0.5 + Math.random() / 2), undefined, { ref: false });
    try {
      await deps.queue.check();
      const generation = await deps.generations.findAnyOwner(id);
      if (generation?.status !== 'QUEUED') return;
      await enqueue(deps, generation);
      deps.log.info({ generation: id }, 'generation queued after an outage of Redis');
      return;
    } catch (error) {
      if (isUnavailable(error)) continue;
      deps.log.error(
        { generation: id, err: error },
        'generation not queued after an outage; recovery requeues it',
      );
      return;
    }
  }
};
