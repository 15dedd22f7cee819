import type { Viewer } from '../../access/viewer.ts';
import { type CachePolicy, isRepeatable } from '../cache/key.ts';
import type { CachedAnswers } from '../cache/lookup.ts';
import type { Generation } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { Queue } from '../queue/queue.ts';
import type { AskedGeneration, RunningLimit } from './runningLimit.ts';

export interface AdmissionDeps {
  readonly journal: Journal;
  readonly queue: Queue;
  readonly cachedAnswers: CachedAnswers;
  readonly runningLimit: RunningLimit;
}

/** How any generation comes in, whoever asks for it in whichever way. */
export interface Admission {
  /**
   * Lets `start` write the generation that is asked for. Whatever rejects it does so before, so that a rejected request
   * leaves nothing behind. Throws `RATE_LIMITED`, `QUOTA_EXCEEDED`, `SERVICE_UNAVAILABLE`, and whatever `start` throws.
   */
  admit<Started>(viewer: Viewer, asked: AskedGeneration, start: () => Promise<Started>): Promise<Started>;
  /**
   * Begins a generation that is stored: by an answer that is kept, or with a place in the queue. Null: a kept answer will
   * do as `repeatable` says, where the options make the same question give the same answer.
   */
  begin(generation: Generation, policy: CachePolicy | null, repeatable: CachePolicy): Promise<void>;
}

export const createAdmission = ({
  journal,
  queue,
  cachedAnswers,
  runningLimit,
}: AdmissionDeps): Admission => ({
  async admit(viewer, asked, start) {
    await queue.check();
    return runningLimit.admit(viewer, asked, start);
  },
  async begin(generation, policy, repeatable) {
    const { id, ownerId, options } = generation;
    await journal.begin(id, { attempt: 1, status: 'QUEUED', text: '', thinking: '' });
    const chosen = policy ?? (isRepeatable(options) ? repeatable : 'BYPASS');
    if (!(await cachedAnswers.answer(generation, chosen))) await queue.add({ id, ownerId });
  },
});
