import type { Viewer } from '../../access/viewer.ts';
import { type CachePolicy, isRepeatable } from '../cache/key.ts';
import type { CacheLookup } from '../cache/lookup.ts';
import type { Generation } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import { jobOf } from '../queue/jobOf.ts';
import type { Queue } from '../queue/queue.ts';
import type { AdmissionRequest, RunningLimit } from './runningLimit.ts';

export interface AdmissionDeps {
  readonly journal: Journal;
  readonly queue: Queue;
  readonly cacheLookup: Pick<CacheLookup, 'answer'>;
  readonly runningLimit: RunningLimit;
}

/** Admits new generations, whichever request surface they come from. */
export interface Admission {
  /**
   * Checks all limits, then calls `start`, which writes the generation. A rejected request leaves nothing behind. Throws
   * `RATE_LIMITED`, `QUOTA_EXCEEDED`, `SERVICE_UNAVAILABLE`, and any error of `start`.
   */
  admit<Started>(viewer: Viewer, request: AdmissionRequest, start: () => Promise<Started>): Promise<Started>;
  /**
   * Answers a stored generation from the response cache, or enqueues it. `policy` null: `repeatablePolicy` applies if the
   * options make the answer repeatable, else `BYPASS`.
   */
  begin(generation: Generation, policy: CachePolicy | null, repeatablePolicy: CachePolicy): Promise<void>;
}

export const createAdmission = ({ journal, queue, cacheLookup, runningLimit }: AdmissionDeps): Admission => ({
  async admit(viewer, request, start) {
    await queue.check();
    return runningLimit.admit(viewer, request, start);
  },
  async begin(generation, policy, repeatablePolicy) {
    const { id, options } = generation;
    await journal.begin(id, { attempt: 1, status: 'QUEUED', text: '', thinking: '' });
    const chosen = policy ?? (isRepeatable(options) ? repeatablePolicy : 'BYPASS');
    if (!(await cacheLookup.answer(generation, chosen))) await queue.add(jobOf(generation));
  },
});
