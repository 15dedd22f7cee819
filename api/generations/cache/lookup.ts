import type { Logger } from 'pino';
import type { Engine } from '../../engine/engine.ts';
import { retryWhileUnavailable } from '../../realtime/retry.ts';
import { type AnswerResult, type AnswerSource, NeedsEngine, type Output } from '../answerSource.ts';
import { type Generation, isFinal } from '../generation.ts';
import type { GenerationMetrics } from '../metrics.ts';
import { buildPrompt, type PromptDeps } from '../prompt.ts';
import type { Hold, Job } from '../queue/queue.ts';
import { type WatchDeps, watchGeneration } from '../watch/watch.ts';
import type { CachedAnswer, Leader, ResponseCache } from './cache.ts';
import { type CachePolicy, cacheKeyOf } from './key.ts';

/** Answers generations without the engine: from the response cache, or by following a leader. */
export interface CacheLookup {
  /**
   * Answers a stored generation without the engine if possible, and holds it in the queue until then. True if it does, or
   * if the queue has the generation already: the caller must not enqueue it then. Never rejects.
   */
  answer(generation: Generation, policy: CachePolicy): Promise<boolean>;
  /** Stops waiting for leaders. Followers that haven't begun are enqueued. */
  close(): Promise<void>;
}

export interface CacheLookupDeps extends WatchDeps, Pick<PromptDeps, 'promptAttachments'> {
  readonly cache: ResponseCache;
  readonly engine: Pick<Engine, 'models' | 'measure'>;
  /** Runs a generation with another source than the engine. */
  readonly run: (job: Job, source: AnswerSource) => Promise<void>;
  readonly metrics: GenerationMetrics;
  readonly log: Logger;
  /** Off: every answer is computed. */
  readonly isOn: boolean;
  /** Whether all users share the cached answers. */
  readonly isShared: boolean;
}

/** The timeout for computing the cache key, in ms: a lookup must not take longer than a short answer. */
const keyTimeoutMs = 3000;

export const createCacheLookup = (deps: CacheLookupDeps): CacheLookup => {
  const { cache, engine, queue, run, metrics, log } = deps;
  const closing = new AbortController();
  const followers = new Set<Promise<void>>();

  const keyOf = async (generation: Generation): Promise<string | null> => {
    const signal = AbortSignal.timeout(keyTimeoutMs);
    const models = await engine.models(signal);
    const digest = models.find(({ name }) => name === generation.model)?.digest;
    if (digest === undefined) return null;
    const messages = await buildPrompt(deps, generation, '', signal);
    const { options, format, prompt } = generation;
    const scope = deps.isShared ? 'all' : generation.ownerId;
    const { tools = [], think } = prompt ?? {};
    return cacheKeyOf({ scope, digest, messages, options, format, tools, think });
  };

  const fromCache =
    (answer: CachedAnswer): AnswerSource =>
    async (_generation, output) => {
      await writeRest(output, answer);
      return resultOf(answer);
    };

  /** Passes the leader's chunks on as they arrive. At its end, takes the whole answer from the cache. */
  const fromLeader =
    (key: string, leader: Leader): AnswerSource =>
    async (_generation, output, signal) => {
      // The run is a retry of one that had begun: its text may differ from the leader's.
      if (output.written.text + output.written.thinking !== '') throw new NeedsEngine();
      let [text, thinking] = [0, 0];
      try {
        for await (const event of watchGeneration(deps, { ...leader, after: 0 }, signal)) {
          // The leader's answer started again, and the chunks that were passed on can't be undone.
          if (event.offset !== text || event.thinkingOffset !== thinking) throw new NeedsEngine();
          await output.add({ text: event.delta, thinking: event.thinkingDelta });
          [text, thinking] = [text + event.delta.length, thinking + event.thinkingDelta.length];
          if (isFinal(event.status)) break;
        }
      } catch (error) {
        // Outside of conversations, the leader's text is removed once its caller has it. The cache may have it still.
        if (signal.aborted || error instanceof NeedsEngine) throw error;
        log.debug({ generation: leader.id, err: error }, 'cache: leader not followed to its end');
      }
      const answer = await retryWhileUnavailable(() => cache.find(key), signal);
      if (!answer) throw new NeedsEngine();
      await output.finish();
      await writeRest(output, answer);
      return resultOf(answer);
    };

  /** Waits until a worker takes the leader from the queue, then passes its answer on. */
  const follow = async (key: string, leader: Leader, job: Job, { lost }: Hold): Promise<void> => {
    const signal = AbortSignal.any([closing.signal, lost]);
    try {
      for await (const event of watchGeneration(deps, { ...leader, after: 0 }, signal)) {
        if (event.status !== 'QUEUED') break;
      }
    } catch (error) {
      log.debug({ generation: job.id, err: error }, 'cache: waiting for the leader failed');
    }
    // The follower was cancelled, or a worker has it.
    if (lost.aborted) return;
    // The queue adds it once the hold is released.
    if (closing.signal.aborted) return queue.add(job);
    await run(job, fromLeader(key, leader));
    // If the leader gave no answer, later requests must not wait for it again.
    await cache.release(key, leader.id);
  };

  /** Holds a generation in the queue while `answer` runs in the background. */
  const answerHeld = async (
    job: Job,
    leaderId: string | null,
    answer: (hold: Hold) => Promise<void>,
  ): Promise<void> => {
    const hold = await queue.hold(job, leaderId);
    if (!hold) return;
    const settled = answer(hold)
      .finally(() => hold.release())
      .catch((error: unknown) =>
        log.warn({ generation: job.id, err: error }, 'cache: follower failed; recovery requeues it'),
      )
      .finally(() => followers.delete(settled));
    followers.add(settled);
  };

  /** False if the generation leads: then it computes the answer, and later generations with the same key follow it. */
  const answerWithoutEngine = async (key: string, { id, ownerId }: Generation): Promise<boolean> => {
    const job = { id, ownerId };
    const answer = await cache.find(key);
    if (answer) {
      metrics.cacheLookedUp('hit');
      await answerHeld(job, null, () => run(job, fromCache(answer)));
      return true;
    }
    const leader = await cache.lead(key, job, false);
    const leads = leader.id === id;
    metrics.cacheLookedUp(leads ? 'missed' : 'followed');
    if (leads) return false;
    await answerHeld(job, leader.id, (hold) => follow(key, leader, job, hold));
    return true;
  };

  return {
    async answer(generation, policy) {
      if (policy === 'BYPASS' || !deps.isOn) return false;
      const { id, ownerId } = generation;
      try {
        const key = await keyOf(generation);
        if (key === null) return false;
        if (policy === 'REFRESH') {
          await cache.lead(key, { id, ownerId }, true);
          return false;
        }
        return await answerWithoutEngine(key, generation);
      } catch (error) {
        log.debug({ generation: id, err: error }, 'cache: lookup failed');
        return false;
      }
    },
    async close() {
      closing.abort();
      await Promise.all(followers);
    },
  };
};

/** Writes the part of the answer that the output doesn't have. Throws `NeedsEngine` if the output has another text. */
const writeRest = async (output: Output, { text, thinking }: CachedAnswer): Promise<void> => {
  const { written } = output;
  if (!text.startsWith(written.text) || !thinking.startsWith(written.thinking)) throw new NeedsEngine();
  await output.add({
    text: text.slice(written.text.length),
    thinking: thinking.slice(written.thinking.length),
  });
};

const resultOf = ({ finishReason, toolCalls, usage }: CachedAnswer): AnswerResult => ({
  finishReason,
  toolCalls,
  cached: true,
  usage: { ...usage, tokensPerSecond: null, timeToFirstTokenMs: null, durationMs: 0 },
});
