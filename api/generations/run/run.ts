import type { Logger } from 'pino';
import type { ConversationStore } from '../../conversations/store/store.ts';
import { conversationChanged } from '../../conversations/topics.ts';
import type { Engine } from '../../engine/engine.ts';
import { Failure } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Bus } from '../../realtime/bus.ts';
import { notify } from '../../realtime/notify.ts';
import type { Reservations } from '../../usage/reservations/reservations.ts';
import type { UsageStore } from '../../usage/store/store.ts';
import { dayOf } from '../../usage/usage.ts';
import type { ResponseCache } from '../cache/cache.ts';
import type { FinishReason, Generation, TokenUsage } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { GenerationStore } from '../store/store.ts';
import { begin, claim, createTenure, type Tenure } from './claim.ts';
import { endEntry, endIfFinal } from './ending.ts';
import { answerFromEngine } from './engineAnswer.ts';
import { createMeter, type Meter } from './meter.ts';
import type { GenerationObserver } from './observer.ts';
import { createSaver } from './saver.ts';
import { TakenOver } from './takenOver.ts';
import { createWriter, type Writer } from './writer.ts';

export interface RunDeps {
  readonly engine: Engine;
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly cache: ResponseCache;
  readonly bus: Bus;
  readonly usage: UsageStore;
  readonly reservations: Reservations;
  /** Whether the user is active, and may have answers made. */
  readonly mayGenerate: (userId: string) => Promise<boolean>;
  readonly observer: GenerationObserver;
  readonly clock: () => Date;
  readonly log: Logger;
  /** How long text may gather before readers get it, in milliseconds. */
  readonly flushMs: number;
}

/** `handed over`: another replica goes on with it. */
export type StopReason = 'cancelled' | 'interrupted' | 'handed over';

/** Why a run was stopped from outside. */
export class Stopped extends Error {
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(why);
    this.why = why;
  }
}

/** Where an answer came from could not give all of it: the engine is to go on from what there is. */
export class Unanswered extends Error {}

/** How an answer ended that came to its end. */
export interface Answered {
  readonly finishReason: FinishReason;
  readonly toolCalls: Generation['toolCalls'];
  readonly cached: boolean;
  readonly usage: TokenUsage;
}

/**
 * Where an answer comes from: writes what comes, and says how it ended. Throws whatever ends it short of its end, among
 * it `Unanswered`.
 */
export type AnswerSource = (generation: Generation, writer: Writer, signal: AbortSignal) => Promise<Answered>;

type Outcome = Pick<Generation, 'finishReason' | 'toolCalls' | 'error' | 'cached' | 'usage'> & {
  readonly status: 'COMPLETED' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';
};

/**
 * Runs one job to its end. Every way out leaves a final status in the store, then ends the journal's entry; unless
 * another worker took the generation over, which then does both: then this one changes nothing and counts nothing.
 * Rejects where a store could not be reached; then it may be called again with the same `tenure`.
 */
export const runGeneration = async (
  deps: RunDeps,
  job: Job,
  signal: AbortSignal,
  source?: AnswerSource,
  tenure: Tenure = createTenure(),
): Promise<void> => {
  const claimed = await claim(deps, job, tenure);
  if (!claimed) return;
  const begun = await begin(deps, claimed, tenure);
  if (!begun) return leave(deps, claimed);
  const { generation, kept } = begun;
  const { id, attempt, model } = generation;
  deps.log.info({ generation: id, attempt, model }, 'generation started');

  const saver = createSaver(deps, generation, kept.stored);
  const writer = createWriter(deps, generation, kept, saver);
  const meter = createMeter(generation.usage);
  const answer = source ?? answerFromEngine(deps, meter);
  let outcome: Outcome;
  try {
    const answered = await answer(generation, writer, signal);
    await writer.finish();
    outcome = { status: 'COMPLETED', error: null, ...answered };
  } catch (error) {
    await writer.finish().catch(() => {});
    const isTakenOver = error instanceof TakenOver;
    if (isTakenOver || isHandOver(signal) || error instanceof Unanswered) {
      await saver.abandon();
      const isOurs = !isTakenOver && (await deps.generations.transition(id, ['RUNNING'], {}, attempt));
      if (!isOurs) return leave(deps, generation);
      await deps.queue.add({ id, ownerId: generation.ownerId, takeover: true });
      deps.log.info({ generation: id, attempt, model }, 'generation handed over');
      return;
    }
    outcome = outcomeOf(error, meter, signal, deps.log, id);
  }

  const { text, thinking } = writer.written;
  const isGiven = generation.messageId === null;
  const saved = await saver.finish(text, {
    ...outcome,
    prompt: null,
    thinking: thinking === '' || isGiven ? null : thinking,
    finishedAt: deps.clock(),
  });
  if (saved === 'superseded') return leave(deps, generation);
  // Before readers hear of the end: a follower of this answer then looks for it in the cache, and its owner may ask for
  // the next one, which depends on what this one used.
  await Promise.all([
    source ? null : settle(deps, id, outcome, { text, thinking }),
    count(deps, generation, outcome),
  ]);
  const { status, error, cached, usage } = outcome;
  deps.observer.ended({ model, status, cached, usage });
  deps.log.info(
    { generation: id, attempt, model: generation.model, status, code: error?.code },
    'generation ended',
  );
  await Promise.all([endEntry(deps, { ...generation, status }), touchConversation(deps, generation)]);
};

/** Another worker has the generation, or it has ended or is deleted: then no reader may be left waiting for it. */
const leave = async (deps: RunDeps, { id, attempt }: Generation): Promise<void> => {
  deps.log.info({ generation: id, attempt }, 'generation superseded; this run changes nothing more');
  await endIfFinal(deps, id);
};

/** Adds what this run used to what its owner used; what earlier attempts did was counted when they ended. Never rejects. */
const count = async (deps: RunDeps, generation: Generation, { cached, usage }: Outcome): Promise<void> => {
  const { id, ownerId, attempt, model, usage: before } = generation;
  const spent = (kind: 'promptTokens' | 'completionTokens') =>
    cached ? 0 : Math.max(0, (usage?.[kind] ?? 0) - (before?.[kind] ?? 0));
  try {
    const entry = {
      ownerId,
      day: dayOf(deps.clock()),
      model,
      generations: 1,
      cached: cached ? 1 : 0,
      promptTokens: spent('promptTokens'),
      completionTokens: spent('completionTokens'),
    };
    await deps.reservations.settle(ownerId, id, attempt, () => deps.usage.add(entry));
  } catch (error) {
    deps.log.warn({ generation: id, err: error }, 'what a generation used could not be counted');
  }
};

/** The conversation has new activity: it moves up, in every open tab. Never rejects. */
const touchConversation = async (
  deps: RunDeps,
  { id, ownerId, conversationId }: Generation,
): Promise<void> => {
  if (conversationId === null) return;
  try {
    await deps.conversations.update(ownerId, conversationId, { updatedAt: deps.clock() });
    await notify(deps, conversationChanged, ownerId, { kind: 'UPDATED', conversationId, messageIds: [] });
  } catch (error) {
    deps.log.warn({ generation: id, err: error }, 'generation: conversation not moved up');
  }
};

const isHandOver = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof Stopped && reason.why === 'handed over';

/** Keeps a complete answer for those who ask the same, where it is one to keep. Never rejects. */
const settle = async (
  { cache, log }: RunDeps,
  id: string,
  outcome: Outcome,
  { text, thinking }: { readonly text: string; readonly thinking: string },
): Promise<void> => {
  const { status, finishReason, toolCalls, usage } = outcome;
  const isWhole = status === 'COMPLETED' && finishReason !== null && usage !== null;
  try {
    await cache.settle(id, isWhole ? { text, thinking, finishReason, toolCalls, usage } : null);
  } catch (error) {
    log.warn({ generation: id, err: error }, 'an answer could not be kept for those who ask the same');
  }
};

const outcomeOf = (error: unknown, meter: Meter, signal: AbortSignal, log: Logger, id: string): Outcome => {
  const ended = { finishReason: null, toolCalls: null, cached: false, usage: meter.usage() };
  if (signal.aborted && signal.reason instanceof Stopped) {
    const status = signal.reason.why === 'cancelled' ? 'CANCELLED' : 'INTERRUPTED';
    return { ...ended, status, error: null };
  }
  if (error instanceof Failure) {
    const { code, message } = error;
    return { ...ended, status: 'FAILED', error: { code, message } };
  }
  log.error({ generation: id, err: error }, 'generation failed unexpectedly');
  const message = 'Something went wrong on the server. Try again; its log says more under this generation.';
  return { ...ended, status: 'FAILED', error: { code: 'INTERNAL', message } };
};
