import type { Logger } from 'pino';
import type { Engine } from '../engine/engine.ts';
import type { MessageStore } from '../messages/store.ts';
import type { CachedAnswer, Leader, ResponseCache } from './cache.ts';
import { type CachePolicy, cacheKeyOf } from './cacheKey.ts';
import { type Generation, isFinal } from './generation.ts';
import type { GenerationObserver } from './observer.ts';
import { buildPrompt } from './prompt.ts';
import type { Queue } from './queue.ts';
import { type AnswerSource, Unanswered } from './run.ts';
import type { Runs } from './runs.ts';
import { type WatchDeps, watchGeneration } from './watch.ts';

/** Answers that need no engine: those that are stored, and those that another generation is computing just now. */
export interface CachedAnswers {
  /**
   * Sees to a generation that was just stored, where that is possible without the engine. True where it does: the
   * generation then needs no place in the queue. Never rejects.
   */
  answer(generation: Generation, policy: CachePolicy): Promise<boolean>;
  /** Waits for nobody any more. What waited gets a place in the queue. */
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

  /** Waits in the queue's stead until the leader is taken from it. */
  const follow = async (key: string, leader: Leader, generation: Generation): Promise<void> => {
    const { id, ownerId } = generation;
    try {
      for await (const event of watchGeneration(deps, { ...leader, after: 0 }, closing.signal)) {
        if (event.status !== 'QUEUED') break;
      }
    } catch (error) {
      log.debug({ generation: id, err: error }, 'an answer could not be waited for');
    }
    if (closing.signal.aborted) return queue.add({ id, ownerId });
    await runs.run({ id, ownerId }, fromLeader(key, leader));
    // Without an answer from it, the next one who asks must not wait for it again.
    await cache.release(key, leader.id);
  };

  /** How a generation is answered without the engine; null where it computes the answer itself, for all who ask the same. */
  const wayWithoutEngine = async (
    key: string,
    generation: Generation,
  ): Promise<(() => Promise<void>) | null> => {
    const { id, ownerId } = generation;
    const answer = await cache.find(key);
    if (answer) {
      observer.cacheAsked('hit');
      return () => runs.run({ id, ownerId }, fromCache(answer));
    }
    const leader = await cache.lead(key, { id, ownerId }, false);
    const leads = leader.id === id;
    observer.cacheAsked(leads ? 'missed' : 'followed');
    return leads ? null : () => follow(key, leader, generation);
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
        const answer = await wayWithoutEngine(key, generation);
        if (!answer) return false;
        const settled = answer()
          .catch((error: unknown) =>
            log.warn({ generation: id, err: error }, 'a generation that followed another one was left'),
          )
          .finally(() => following.delete(settled));
        following.add(settled);
        return true;
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
