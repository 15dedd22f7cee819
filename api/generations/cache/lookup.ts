import type { Logger } from 'pino';
import type { Engine } from '../../engine/engine.ts';
import type { MessageStore } from '../../messages/store.ts';
import { type Generation, isFinal } from '../generation.ts';
import type { GenerationObserver } from '../metrics.ts';
import { buildPrompt } from '../prompt.ts';
import type { Hold, Job, Queue } from '../queue/queue.ts';
import type { Runs } from '../run/active.ts';
import { type AnswerSource, Unanswered } from '../run/run.ts';
import { type WatchDeps, watchGeneration } from '../watch/watch.ts';
import type { CachedAnswer, Leader, ResponseCache } from './cache.ts';
import { type CachePolicy, cacheKeyOf } from './key.ts';

/** Answers that need no engine: those that are stored, and those that another generation is computing just now. */
export interface CachedAnswers {
  /**
   * Answers a generation that was just stored without the engine, if that is possible, and holds it in the queue
   * meanwhile. True if it does, or if the queue has the generation already: the caller then adds nothing. Never rejects.
   */
  answer(generation: Generation, policy: CachePolicy): Promise<boolean>;
  /** Stops waiting for leaders. Followers that haven't begun join the queue's line. */
  close(): Promise<void>;
}

export interface CachedAnswersDeps extends WatchDeps {
  readonly cache: ResponseCache;
  readonly engine: Engine;
  readonly messages: MessageStore;
  readonly queue: Queue;
  readonly runs: Runs;
  readonly observer: GenerationObserver;
  readonly log: Logger;
  /** Off: every answer is computed. */
  readonly isOn: boolean;
  /** Whether users get answers that others asked for. */
  readonly isShared: boolean;
}

/** Looking for an answer must not take longer than computing a short one, in milliseconds. */
const patienceMs = 3000;

export const createCachedAnswers = (deps: CachedAnswersDeps): CachedAnswers => {
  const { cache, engine, queue, runs, observer, log } = deps;
  const closing = new AbortController();
  const following = new Set<Promise<void>>();

  const keyOf = async (generation: Generation): Promise<string | null> => {
    const signal = AbortSignal.timeout(patienceMs);
    const models = await engine.models(signal);
    const digest = models.find(({ name }) => name === generation.model)?.digest;
    if (digest === undefined) return null;
    const messages = await buildPrompt(deps, generation, '', signal);
    const { options, format, prompt } = generation;
    const scope = deps.isShared ? 'all' : generation.ownerId;
    return cacheKeyOf({ scope, digest, messages, options, format, tools: prompt?.tools ?? [] });
  };

  const fromCache =
    (answer: CachedAnswer): AnswerSource =>
    async (_generation, writer) => {
      await complete(writer, answer);
      return answered(answer);
    };

  /** Gives on what the leader gets, as it comes, and all of it from the cache at its end. */
  const fromLeader =
    (key: string, leader: Leader): AnswerSource =>
    async (_generation, writer, signal) => {
      // Begun before, and taken up again after the store was away: too much to sort out.
      if (writer.written.text + writer.written.thinking !== '') throw new Unanswered();
      let [text, thinking] = [0, 0];
      try {
        for await (const event of watchGeneration(deps, { ...leader, after: 0 }, signal)) {
          // It was started again: what was given on can't be taken back.
          if (event.offset !== text || event.thinkingOffset !== thinking) throw new Unanswered();
          await writer.add({ text: event.delta, thinking: event.thinkingDelta });
          [text, thinking] = [text + event.delta.length, thinking + event.thinkingDelta.length];
          if (isFinal(event.status)) break;
        }
      } catch (error) {
        // What a leader outside of conversations made may be gone as soon as it has been read.
        if (signal.aborted || error instanceof Unanswered) throw error;
        log.debug({ generation: leader.id, err: error }, 'an answer could not be followed to its end');
      }
      const answer = await cache.find(key);
      if (!answer) throw new Unanswered();
      await writer.finish();
      await complete(writer, answer);
      return answered(answer);
    };

  /** Waits until the leader is taken from the queue, then passes its answer on. */
  const follow = async (key: string, leader: Leader, job: Job, { lost }: Hold): Promise<void> => {
    const signal = AbortSignal.any([closing.signal, lost]);
    try {
      for await (const event of watchGeneration(deps, { ...leader, after: 0 }, signal)) {
        if (event.status !== 'QUEUED') break;
      }
    } catch (error) {
      log.debug({ generation: job.id, err: error }, 'cache: could not wait for the leader of an answer');
    }
    // It was cancelled, or a worker has it.
    if (lost.aborted) return;
    // It joins the line once the hold is released.
    if (closing.signal.aborted) return queue.add(job);
    await runs.run(job, fromLeader(key, leader));
    // If the leader gave no answer, later requests must not wait for it again.
    await cache.release(key, leader.id);
  };

  /** Holds a generation in the queue while `answer` sees to it, in the background. */
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
        log.warn({ generation: job.id, err: error }, 'cache: a follower was left to recovery'),
      )
      .finally(() => following.delete(settled));
    following.add(settled);
  };

  /** False if the generation leads: then it computes the answer for all that ask the same. */
  const answerWithoutEngine = async (key: string, { id, ownerId }: Generation): Promise<boolean> => {
    const job = { id, ownerId };
    const answer = await cache.find(key);
    if (answer) {
      observer.cacheAsked('hit');
      await answerHeld(job, null, () => runs.run(job, fromCache(answer)));
      return true;
    }
    const leader = await cache.lead(key, job, false);
    const leads = leader.id === id;
    observer.cacheAsked(leads ? 'missed' : 'followed');
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
        log.debug({ generation: id, err: error }, 'no stored answer could be looked for');
        return false;
      }
    },
    async close() {
      closing.abort();
      await Promise.all(following);
    },
  };
};

/** Writes what is not written yet. Throws `Unanswered` where something else is written already. */
const complete = async (
  writer: Parameters<AnswerSource>[1],
  { text, thinking }: CachedAnswer,
): Promise<void> => {
  const { written } = writer;
  if (!text.startsWith(written.text) || !thinking.startsWith(written.thinking)) throw new Unanswered();
  await writer.add({
    text: text.slice(written.text.length),
    thinking: thinking.slice(written.thinking.length),
  });
};

const answered = ({ finishReason, toolCalls, usage }: CachedAnswer) => ({
  finishReason,
  toolCalls,
  cached: true,
  usage: { ...usage, tokensPerSecond: null, timeToFirstTokenMs: null, durationMs: 0 },
});
