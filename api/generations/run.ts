import type { Logger } from 'pino';
import type { ConversationStore } from '../conversations/store.ts';
import { conversationChanged } from '../conversations/topics.ts';
import type { Engine, EngineFinish } from '../engine/engine.ts';
import { engineFailed, Failure } from '../failures.ts';
import type { MessageStore } from '../messages/store.ts';
import type { Bus } from '../realtime/bus.ts';
import { longestText } from './cursor.ts';
import { createFlusher } from './flusher.ts';
import { type FinishReason, type Generation, isFinal } from './generation.ts';
import type { Journal } from './journal.ts';
import { createMeter } from './meter.ts';
import { buildPrompt } from './prompt.ts';
import { createSaver } from './saver.ts';
import type { GenerationStore } from './store.ts';

export interface RunDeps {
  readonly engine: Engine;
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly journal: Journal;
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
  readonly flushMs: number;
}

/** Why a run was stopped from outside. */
export class Stopped extends Error {
  readonly why: 'cancelled' | 'interrupted';

  constructor(why: 'cancelled' | 'interrupted') {
    super(why);
    this.why = why;
  }
}

interface Outcome {
  readonly status: 'COMPLETED' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';
  readonly finish: EngineFinish | null;
  readonly error: Generation['error'];
}

const finishReason: Record<EngineFinish, FinishReason> = {
  stop: 'STOP',
  length: 'LENGTH',
  tool_calls: 'TOOL_CALLS',
};

/**
 * Runs one generation from `QUEUED` to its end. Every way out leaves a final status in the store, then ends the
 * journal's entry. Rejects only where the store itself could not be reached for a long time.
 */
export const runGeneration = async (deps: RunDeps, id: string, signal: AbortSignal): Promise<void> => {
  const { generations, journal, log } = deps;
  const generation = await generations.transition(id, ['QUEUED'], {
    status: 'RUNNING',
    startedAt: deps.clock(),
  });
  if (!generation) return forget(deps, id);
  const { attempt } = generation;
  const kept = await keptText(deps, generation);
  let sent = { text: kept.text, thinking: kept.text === '' ? '' : (generation.thinking ?? '') };
  await journal.begin(id, { attempt, status: 'RUNNING', ...sent });
  await journal.setStatus(id, 'RUNNING');

  const saver = createSaver(deps, generation, kept.stored);
  const meter = createMeter(generation.usage);
  const flusher = createFlusher(deps.flushMs, async ({ text, thinking }) => {
    const appended = await journal.append(id, {
      attempt,
      offset: sent.text.length,
      delta: text,
      thinkingOffset: sent.thinking.length,
      thinkingDelta: thinking,
    });
    if (!appended) throw new Stopped('interrupted');
    sent = { text: sent.text + text, thinking: sent.thinking + thinking };
    saver.save(sent.text, sent.thinking);
  });

  let outcome: Outcome;
  try {
    const prompt = await buildPrompt(deps, generation, kept.text, signal);
    const { model, options, format } = generation;
    const request = { model, messages: prompt, options, ...(format === null ? {} : { format }) };
    let finish: EngineFinish | null = null;
    for await (const chunk of deps.engine.generate(request, signal)) {
      meter.see(chunk);
      if (chunk.type === 'done') {
        finish = chunk.finish;
        continue;
      }
      await flusher.add({ text: '', thinking: '', [chunk.type]: chunk.text });
      if (sent.text.length > longestText / 2) {
        finish = 'length';
        break;
      }
    }
    if (finish === null)
      throw engineFailed('The engine ended its answer half-way. Continue it, or try again.');
    outcome = { status: 'COMPLETED', finish, error: null };
  } catch (error) {
    outcome = outcomeOf(error, signal, log, id);
  }

  await flusher.finish().catch((error: unknown) => {
    if (outcome.status === 'COMPLETED') outcome = outcomeOf(error, signal, log, id);
  });
  await saver.finish(sent.text, {
    status: outcome.status,
    thinking: sent.thinking === '' ? null : sent.thinking,
    finishReason: outcome.finish && finishReason[outcome.finish],
    usage: meter.usage(),
    error: outcome.error,
    finishedAt: deps.clock(),
  });
  await journal.end(id);
  await deps.conversations.update(generation.ownerId, generation.conversationId, { updatedAt: deps.clock() });
  await deps.bus.publish(conversationChanged, generation.ownerId, {
    kind: 'UPDATED',
    conversationId: generation.conversationId,
    messageIds: [],
  });
  log.info({ generation: id, model: generation.model, status: outcome.status }, 'generation ended');
};

/** A job whose generation is no longer queued: cancelled meanwhile, or run already. Nobody may be left waiting on it. */
const forget = async (deps: RunDeps, id: string): Promise<void> => {
  const generation = await deps.generations.findAnyOwner(id);
  if (!generation || isFinal(generation.status)) await deps.journal.end(id);
};

/** What is stored of an earlier attempt, and how much of it the answer goes on from: all, or nothing. */
const keptText = async (deps: RunDeps, generation: Generation) => {
  const message = await deps.messages.find(generation.ownerId, generation.messageId);
  const stored = message?.content ?? '';
  if (stored === '') return { stored, text: '' };
  const models = await deps.engine.models();
  const canContinue = models.find(({ name }) => name === generation.model)?.canContinue ?? false;
  return { stored, text: canContinue ? stored : '' };
};

const outcomeOf = (error: unknown, signal: AbortSignal, log: Logger, id: string): Outcome => {
  const stopped = error instanceof Stopped ? error : signal.aborted ? signal.reason : null;
  if (stopped instanceof Stopped) {
    return { status: stopped.why === 'cancelled' ? 'CANCELLED' : 'INTERRUPTED', finish: null, error: null };
  }
  if (error instanceof Failure) {
    return { status: 'FAILED', finish: null, error: { code: error.code, message: error.message } };
  }
  log.error({ generation: id, err: error }, 'generation failed unexpectedly');
  const message = 'Something went wrong on the server. Try again; its log says more under this generation.';
  return { status: 'FAILED', finish: null, error: { code: 'INTERNAL', message } };
};
