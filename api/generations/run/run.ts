import type { Logger } from 'pino';
import type { ConversationStore } from '../../conversations/store/store.ts';
import type { Engine } from '../../engine/engine.ts';
import { Failure } from '../../errors/failures.ts';
import type { MessageStore } from '../../messages/store.ts';
import type { Bus } from '../../realtime/bus.ts';
import type { UsageStore } from '../../usage/store/store.ts';
import { dayOf } from '../../usage/usage.ts';
import { type AnswerSource, type AnswerText, NeedsEngine } from '../answerSource.ts';
import type { ResponseCache } from '../cache/cache.ts';
import { type Generation, promptAtEnd, toolUseAtEnd } from '../generation.ts';
import type { GenerationMetrics } from '../metrics.ts';
import { jobOf } from '../queue/jobOf.ts';
import type { Job, Queue } from '../queue/queue.ts';
import { beginEntry, type ClaimDeps, claim, createOwnership, type Ownership } from './claim.ts';
import { endEntry, endEntryIfFinal, notifyOwner } from './end.ts';
import { answerFromEngine, type EngineAnswerDeps } from './engineAnswer.ts';
import { createMeter, type Meter } from './meter.ts';
import { type AutosaveDeps, createAutosave, Superseded } from './output/autosave.ts';
import { createOutput, type OutputDeps } from './output/output.ts';
import { Stopped } from './stopped.ts';

export interface RunDeps extends ClaimDeps, EngineAnswerDeps, AutosaveDeps, OutputDeps {
  readonly messages: MessageStore;
  readonly engine: Engine;
  readonly conversations: ConversationStore;
  readonly queue: Queue;
  readonly cache: ResponseCache;
  readonly bus: Bus;
  readonly usage: UsageStore;
  readonly metrics: GenerationMetrics;
  /** How long an answer that has begun waits for a reachable engine, in ms. Default 120,000. */
  readonly engineTimeoutMs?: number;
  /** Whether the model writes the titles of conversations. */
  readonly writesTitles: boolean;
}

type Outcome = Pick<Generation, 'finishReason' | 'toolCalls' | 'error' | 'cached' | 'usage'> &
  Partial<Pick<Generation, 'logprobs'>> & {
    readonly status: 'COMPLETED' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';
  };

/**
 * Runs one job to its end. Every exit path stores a final status, then ends the journal entry, unless another worker took
 * the generation over: then that worker does both, and this one changes and counts nothing. Rejects if the store can't be
 * reached; the caller may call it again with the same `ownership`.
 */
export const runGeneration = async (
  deps: RunDeps,
  job: Job,
  signal: AbortSignal,
  source?: AnswerSource,
  ownership: Ownership = createOwnership(),
): Promise<void> => {
  const claimed = await claim(deps, job, ownership);
  if (!claimed) return;
  const begun = await beginEntry(deps, claimed, ownership);
  if (!begun) return leave(deps, claimed);
  const { generation, previous } = begun;
  const { id, attempt, model } = generation;
  deps.log.info({ generation: id, attempt, model }, 'generation started');

  const autosave = createAutosave(deps, generation, previous.stored);
  const output = createOutput(deps, generation, previous, autosave);
  const meter = createMeter(generation.usage);
  const answer = source ?? answerFromEngine(deps, meter);
  let outcome: Outcome;
  try {
    const result = await answer(generation, output, signal);
    await output.finish();
    outcome = { status: 'COMPLETED', error: null, ...result };
  } catch (error) {
    await output.finish().catch(() => {});
    const isSuperseded = error instanceof Superseded;
    if (isSuperseded || isHandOver(signal) || error instanceof NeedsEngine) {
      await autosave.stop();
      const isOwned = !isSuperseded && (await deps.generations.transition(id, ['RUNNING'], {}, attempt));
      if (!isOwned) return leave(deps, generation);
      await deps.queue.add({ ...jobOf(generation), takeover: true });
      deps.log.info({ generation: id, attempt, model }, 'generation handed over');
      return;
    }
    outcome = outcomeOf(error, meter, signal, deps.log, id);
  }

  const { text, thinking } = output.written;
  const isInConversation = generation.messageId !== null;
  const saved = await autosave.finish(text, {
    ...outcome,
    prompt: promptAtEnd(generation),
    // The caller gets the calls of a completed answer.
    ...(outcome.status === 'COMPLETED' ? {} : toolUseAtEnd(generation)),
    thinking: isInConversation && thinking !== '' ? thinking : null,
    finishedAt: deps.clock(),
  });
  if (saved === 'superseded') return leave(deps, generation);
  // Before readers are notified of the end: a follower then looks the answer up in the cache, and the owner may start
  // another answer, for which the quota must include this one.
  await Promise.all([
    source ? null : cacheAnswer(deps, id, outcome, { text, thinking }),
    countUsage(deps, generation, outcome),
  ]);
  const { status, error, cached, usage } = outcome;
  deps.metrics.generationEnded({ ...generation, status, cached, usage });
  deps.log.info({ generation: id, attempt, model, status, code: error?.code }, 'generation ended');
  await Promise.all([
    endEntry(deps, { ...generation, status }),
    touchConversation(deps, generation),
    status === 'COMPLETED' ? requestTitle(deps, generation) : null,
  ]);
};

/** Leaves a generation that another worker has, or that has ended or is deleted: then its readers have to be notified. */
const leave = async (deps: RunDeps, { id, attempt }: Generation): Promise<void> => {
  deps.log.info({ generation: id, attempt }, 'generation superseded; this run changes nothing more');
  await endEntryIfFinal(deps, id);
};

/** Adds the usage of this run to the owner's; that of earlier attempts was counted when they ended. Never rejects. */
const countUsage = async (
  deps: RunDeps,
  generation: Generation,
  { cached, usage }: Outcome,
): Promise<void> => {
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
    deps.log.warn({ generation: id, err: error }, 'generation: usage not counted');
  }
};

/** Sets the time of the conversation's last activity, which moves it up in every open tab. Never rejects. */
const touchConversation = async (
  deps: RunDeps,
  { id, ownerId, conversationId }: Generation,
): Promise<void> => {
  if (conversationId === null) return;
  try {
    await deps.conversations.update(ownerId, conversationId, { updatedAt: deps.clock() });
    await notifyOwner(deps, { ownerId, conversationId });
  } catch (error) {
    deps.log.warn({ generation: id, err: error }, 'generation: conversation not moved up');
  }
};

/** Queues the conversation for a title by the model, if no person gave one. Never rejects. */
const requestTitle = async (deps: RunDeps, { id, ownerId, conversationId }: Generation): Promise<void> => {
  if (conversationId === null || !deps.writesTitles) return;
  try {
    await deps.conversations.requestTitle(ownerId, conversationId, deps.clock());
  } catch (error) {
    deps.log.warn({ generation: id, err: error }, 'generation: title not queued');
  }
};

const isHandOver = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof Stopped && reason.why === 'handed over';

/** Stores a completed answer in the response cache if it is cacheable. Never rejects. */
const cacheAnswer = async (
  { cache, log }: RunDeps,
  id: string,
  outcome: Outcome,
  { text, thinking }: AnswerText,
): Promise<void> => {
  const { status, finishReason, toolCalls, usage } = outcome;
  const isComplete = status === 'COMPLETED' && finishReason !== null && usage !== null;
  try {
    await cache.settle(id, isComplete ? { text, thinking, finishReason, toolCalls, usage } : null);
  } catch (error) {
    log.warn({ generation: id, err: error }, 'cache: answer not stored');
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
  const message =
    "Something went wrong on the server. Try again. The server's log has details under this generation's id.";
  return { ...ended, status: 'FAILED', error: { code: 'INTERNAL', message } };
};
