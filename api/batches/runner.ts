import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Viewer } from '../access/viewer.ts';
import { Failure, isTemporary } from '../errors/failures.ts';
import type { Bus } from '../realtime/bus.ts';
import { notify } from '../realtime/notify.ts';
import { retryWhileUnavailable } from '../realtime/retry.ts';
import {
  type Batch,
  type BatchError,
  type BatchItem,
  type BatchOutcome,
  type BatchWork,
  batchLimits,
} from './batch.ts';
import { type CancelGenerationsDeps, cancelGenerations } from './cancelGenerations.ts';
import type { BatchMetrics } from './metrics.ts';
import type { BatchStore, ClaimedItem } from './store/store.ts';
import { batchChanged } from './topics.ts';
import { generationIdOf, type RunInput } from './work.ts';

export interface BatchRunnerDeps extends CancelGenerationsDeps {
  readonly store: BatchStore;
  readonly work: Readonly<Record<BatchWork['kind'], RunInput>>;
  /** Returns the owner with the rights of the batch; null: it may no longer run. */
  readonly viewerOf: (batch: Batch) => Promise<Viewer | null>;
  /** Returns when the used-up quota of a user resets; null: none is used up. */
  readonly quotaResetsAt: (ownerId: string) => Promise<Date | null>;
  /** The answers that the engine runs at once. */
  readonly slots: () => number;
  readonly metrics: BatchMetrics;
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
  /** Called when a batch has ended by itself. */
  readonly onEnded: (batch: Batch) => void;
  /** The interval between two looks for inputs, in ms. Default 1,000. */
  readonly intervalMs?: number;
  /** The time until a claim expires, in ms. Default 45,000. */
  readonly claimMs?: number;
  /** The pause before the first retry of an input, in ms. Default 2,000. */
  readonly retryMs?: number;
}

/** Inputs that a process runs at once, also if its engine has more slots. */
const maxRunning = 16;

const defaultClaimMs = 45_000;

/** The pauses before an input is run again after a failure, in ms: doubled with each. */
const [defaultRetryMs, maxRetryMs] = [2_000, 5 * 60_000];

/** Before inputs that were never claimed, so that inputs begin in their order. */
const atOnce = new Date(0);

/** An input may fail this often for a reason of its own, such as a slow model. */
const maxFailures = 3;

/** Runners that may die while they run an input; guards against an input that crashes them. */
const maxCrashes = 3;

/** The pause of a batch whose owner has reached a quota of unknown end, in ms. */
const usualPauseMs = 5 * 60_000;

/**
 * Runs inputs of batches in the background, as many at once as the engine has slots. They wait in the queue behind all
 * people. An input is claimed in the store; a runner renews its claim, and if it dies, another one runs the input again
 * with the next attempt, and no other at the same time. The returned function stops it: interrupted inputs are released at
 * once, and it resolves when all runs have ended.
 */
export const startBatchRunner = (deps: BatchRunnerDeps): (() => Promise<void>) => {
  const { store, log, clock } = deps;
  const { claimMs = defaultClaimMs, intervalMs = 1_000, retryMs = defaultRetryMs } = deps;
  const stopped = new AbortController();
  const { signal } = stopped;
  const running = new Set<Promise<void>>();
  let wake: () => void = () => {};

  const retry = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    retryWhileUnavailable(ask, signal, isTemporary);
  const later = (ms: number): Date => new Date(clock().getTime() + ms);

  const work = async () => {
    while (!signal.aborted) {
      const capacity = Math.min(maxRunning, deps.slots());
      const claimed =
        running.size < capacity
          ? await store.claim(clock(), later(claimMs)).catch((error: unknown) => {
              log.debug({ err: error }, 'batches: no input claimed, retrying');
              return null;
            })
          : null;
      if (claimed) {
        // One of those that ran when a process died may have been the cause. Alone, it can't harm the others again.
        const isSuspect = claimed.item.crashes > 0;
        const run = runItem(claimed, isSuspect ? Promise.all(running) : null)
          .catch((error: unknown) =>
            log.warn({ batch: claimed.batch.id, err: error }, 'batches: input not ended; its claim expires'),
          )
          .finally(() => {
            running.delete(run);
            wake();
          });
        running.add(run);
        if (isSuspect) await run;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        sleep(intervalMs, undefined, { signal, ref: false }).then(resolve, resolve);
      });
    }
  };

  /** Runs a claimed input after `others`, while its claim is renewed, and stores its outcome. */
  const runItem = async ({ batch, item }: ClaimedItem, others: Promise<unknown> | null): Promise<void> => {
    const lost = new AbortController();
    const renew = async () => {
      if (!(await store.renew(item, later(claimMs)))) {
        return lost.abort(new Error('the claim of the input is lost'));
      }
      // The input may wait in the queue for hours.
      if (await deps.viewerOf(batch)) return;
      lost.abort(new Error('the owner of the batch may no longer generate'));
      await end(batch, 'FAILED', mayNoLongerGenerate);
    };
    let renewal = Promise.resolve();
    const renewing = setInterval(() => {
      renewal = renew().catch((error: unknown) =>
        log.debug({ batch: batch.id, err: error }, 'batches: claim not renewed, retrying'),
      );
    }, claimMs / 4);
    try {
      await others;
      await runClaimed(batch, item, AbortSignal.any([signal, lost.signal]));
    } finally {
      clearInterval(renewing);
      await renewal;
    }
  };

  const runClaimed = async (batch: Batch, item: BatchItem, aborted: AbortSignal): Promise<void> => {
    try {
      aborted.throwIfAborted();
      await runOnce(batch, item, aborted);
    } catch (error) {
      if (signal.aborted) {
        deps.metrics.batchInputRun('released');
        await store.release(item, atOnce, 0);
      } else if (!aborted.aborted) await handleFailure(batch, item, error);
    }
  };

  const runOnce = async (batch: Batch, item: BatchItem, aborted: AbortSignal): Promise<void> => {
    if (item.attempt > 1) await cancelGenerations(deps, { ...item, attempt: item.attempt - 1 });
    if (item.crashes > maxCrashes) {
      const message = `The server stopped ${item.crashes} times while it ran this input.`;
      return finish(batch, item, failed({ code: 'INTERNAL', message }));
    }
    const viewer = await deps.viewerOf(batch);
    if (!viewer) return end(batch, 'FAILED', mayNoLongerGenerate);
    let turns = 0;
    const nextGenerationId = () => {
      turns += 1;
      return generationIdOf(deps.ids, item, turns - 1);
    };
    const run = deps.work[batch.work.kind];
    const outcome = await run({ viewer, batch, item, nextGenerationId, signal: aborted });
    await finish(batch, item, bounded(outcome));
  };

  /** Ends the input with the failure, or gives it back if a later try may succeed. */
  const handleFailure = async (batch: Batch, item: BatchItem, error: unknown): Promise<void> => {
    const release = async (dueAt: Date, failures: 0 | 1 = 0) => {
      deps.metrics.batchInputRun('released');
      await retry(() => store.release(item, dueAt, failures));
    };
    const backoff = (tries: number) => later(Math.min(maxRetryMs, retryMs * 2 ** Math.min(tries, 10)));
    // Claims that ended otherwise, such as in a pause or with a process, say nothing about the input.
    const failures = item.failures + 1;
    const isLast = failures >= maxFailures;
    if (!(error instanceof Failure)) {
      log.error({ batch: batch.id, input: item.number, err: error }, 'batches: input failed unexpectedly');
      if (!isLast) return release(backoff(failures), 1);
      return finish(
        batch,
        item,
        failed({ code: 'INTERNAL', message: 'Something went wrong. Run it again.' }),
      );
    }
    const { code, message, details } = error;
    if (code === 'QUOTA_EXCEEDED') {
      const { retryAfter } = details;
      // An answer that ran into the quota doesn't say when it resets.
      const until =
        typeof retryAfter === 'number'
          ? later(retryAfter * 1000)
          : ((await retry(() => deps.quotaResetsAt(batch.ownerId))) ?? later(usualPauseMs));
      await retry(() => store.pause(batch.id, until, { code, message }));
      log.info({ batch: batch.id }, 'batches: paused, its owner has reached a quota');
      await release(atOnce);
      return notifyOwner(batch);
    }
    // The model was there when the batch started: while one of several engines starts again, the others don't list it.
    const passes = isTemporary(error) || code === 'RATE_LIMITED' || code === 'MODEL_NOT_FOUND';
    if (passes) return release(backoff(item.attempt));
    const isOwn = code === 'ENGINE_FAILED' || code === 'ENGINE_TIMEOUT';
    if (isOwn && !isLast) return release(backoff(failures), 1);
    const text = typeof details.text === 'string' ? details.text : '';
    return finish(batch, item, { ...failed({ code, message }), text });
  };

  const finish = async (batch: Batch, item: BatchItem, outcome: BatchOutcome): Promise<void> => {
    const hasFinished = await retry(() => store.finish(item, outcome, clock()));
    if (!hasFinished) return;
    deps.metrics.batchInputRun(outcome.error ? 'failed' : 'completed');
    const current = await store.findAnyOwner(batch.id);
    if (current && current.completed + current.failed >= current.total) {
      const completed = await store.complete(batch.id, clock());
      if (completed) reportEnd(completed);
    }
    await notifyOwner(batch);
  };

  const end = async (batch: Batch, status: 'FAILED' | 'EXPIRED', error: BatchError): Promise<void> => {
    const ended = await retry(() => store.end(batch.id, { status, error, endedAt: clock() }));
    if (ended) {
      reportEnd(ended);
      const started = await retry(() => store.startedItems(batch.id));
      await Promise.all(started.map((item) => cancelGenerations(deps, item)));
    }
    await notifyOwner(batch);
  };

  const reportEnd = (ended: Batch): void => {
    const { id, status, completed, failed: failures } = ended;
    deps.metrics.batchEnded(status);
    deps.onEnded(ended);
    log.info({ batch: id, status, completed, failed: failures }, 'batches: ended');
  };

  const notifyOwner = ({ id, ownerId }: Batch) => notify(deps, batchChanged, ownerId, { batchId: id });

  const working = work();
  return async () => {
    stopped.abort(new Error('the server stops'));
    wake();
    await working;
    await Promise.all(running);
  };
};

const mayNoLongerGenerate: BatchError = {
  code: 'FORBIDDEN',
  message: 'The account or API key that started the batch may no longer generate answers.',
};

const failed = (error: BatchError): BatchOutcome => ({
  result: null,
  text: '',
  error,
  model: null,
  promptTokens: 0,
  completionTokens: 0,
});

/** Replaces a result that is too large to store. */
const bounded = (outcome: BatchOutcome): BatchOutcome => {
  const bytes = Buffer.byteLength(JSON.stringify({ result: outcome.result, text: outcome.text }));
  if (bytes <= batchLimits.resultBytes) return outcome;
  const message = `The result has ${bytes} bytes; it may have at most ${batchLimits.resultBytes}. Ask for a shorter answer.`;
  return { ...outcome, result: null, text: '', error: { code: 'OUTPUT_INVALID', message } };
};
