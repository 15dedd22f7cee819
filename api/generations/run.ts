import type { Logger } from 'pino';
import type { ConversationStore } from '../conversations/store.ts';
import { conversationChanged } from '../conversations/topics.ts';
import type { Engine, EngineFinish, EngineToolCall } from '../engine/engine.ts';
import { engineFailed, Failure } from '../failures.ts';
import type { MessageStore } from '../messages/store.ts';
import { announce } from '../realtime/announce.ts';
import type { Bus } from '../realtime/bus.ts';
import { claim, keptOf } from './claim.ts';
import { longestText } from './cursor.ts';
import type { FinishReason, Generation } from './generation.ts';
import type { Journal } from './journal.ts';
import { createMeter, type Meter } from './meter.ts';
import { buildPrompt } from './prompt.ts';
import type { Job, Queue } from './queue.ts';
import { createSaver } from './saver.ts';
import type { GenerationStore } from './store.ts';
import { createWriter, TakenOver, type Writer } from './writer.ts';

export interface RunDeps {
  readonly engine: Engine;
  readonly generations: GenerationStore;
  readonly messages: MessageStore;
  readonly conversations: ConversationStore;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly bus: Bus;
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

interface Outcome {
  readonly status: 'COMPLETED' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';
  readonly finishReason: FinishReason | null;
  readonly toolCalls: Generation['toolCalls'];
  readonly error: Generation['error'];
}

const finishReason: Record<EngineFinish, FinishReason> = {
  stop: 'STOP',
  length: 'LENGTH',
  tool_calls: 'TOOL_CALLS',
};

/**
 * Runs one job to its end. Every way out leaves a final status in the store, then ends the journal's entry; unless
 * another worker took the generation over, which then does both. Rejects where a store could not be reached.
 */
export const runGeneration = async (deps: RunDeps, job: Job, signal: AbortSignal): Promise<void> => {
  const { journal } = deps;
  const generation = await claim(deps, job);
  if (!generation) return;
  const { id, attempt, model } = generation;
  deps.log.info({ generation: id, attempt, model }, 'generation started');
  const { stored, ...kept } = await keptOf(deps, generation);
  await journal.begin(id, { attempt, status: 'RUNNING', ...kept });
  await journal.setStatus(id, 'RUNNING');

  const saver = createSaver(deps, generation, stored);
  const writer = createWriter(deps, generation, kept, saver);
  const meter = createMeter(generation.usage);
  let outcome: Outcome;
  try {
    outcome = await answer(deps, generation, writer, meter, signal);
    await writer.finish();
  } catch (error) {
    await writer.finish().catch(() => {});
    if (error instanceof TakenOver) {
      saver.abandon();
      return;
    }
    if (isHandOver(signal)) {
      saver.abandon();
      await deps.queue.add({ id, ownerId: generation.ownerId, takeover: true });
      deps.log.info({ generation: id, attempt, model }, 'generation handed over');
      return;
    }
    outcome = outcomeOf(error, signal, deps.log, id);
  }

  const { text, thinking } = writer.written;
  const isGiven = generation.messageId === null;
  await saver.finish(text, {
    ...outcome,
    prompt: null,
    thinking: thinking === '' || isGiven ? null : thinking,
    usage: meter.usage(),
    finishedAt: deps.clock(),
  });
  // Of an answer outside conversations the journal alone has the text: it stays there until who asked has it.
  if (isGiven && outcome.status === 'COMPLETED') await journal.setStatus(id, 'COMPLETED');
  else await journal.end(id);
  await touchConversation(deps, generation);
  const { status, error } = outcome;
  deps.log.info(
    { generation: id, attempt, model: generation.model, status, code: error?.code },
    'generation ended',
  );
};

/** The conversation has new activity: it moves up, in every open tab. */
const touchConversation = async (deps: RunDeps, { ownerId, conversationId }: Generation): Promise<void> => {
  if (conversationId === null) return;
  await deps.conversations.update(ownerId, conversationId, { updatedAt: deps.clock() });
  await announce(deps, conversationChanged, ownerId, { kind: 'UPDATED', conversationId, messageIds: [] });
};

const isHandOver = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && reason instanceof Stopped && reason.why === 'handed over';

/** Has the engine answer, and passes on what comes. Throws whatever ends it short of its end. */
const answer = async (
  deps: RunDeps,
  generation: Generation,
  writer: Writer,
  meter: Meter,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { model, options, format } = generation;
  const messages = await buildPrompt(deps, generation, writer.written.text, signal);
  const tools = generation.prompt?.tools;
  const request = {
    model,
    messages,
    options,
    ...(format === null ? {} : { format }),
    ...(tools && { tools }),
  };
  const calls: EngineToolCall[] = [];
  for await (const chunk of deps.engine.generate(request, signal)) {
    meter.see(chunk);
    if (chunk.type === 'done') {
      const toolCalls = calls.length > 0 ? calls : null;
      return { status: 'COMPLETED', finishReason: finishReason[chunk.finish], toolCalls, error: null };
    }
    if (chunk.type === 'tool_calls') {
      calls.push(...chunk.calls);
      continue;
    }
    await writer.add({ text: '', thinking: '', [chunk.type]: chunk.text });
    if (writer.written.text.length > longestText / 2) {
      return { status: 'COMPLETED', finishReason: 'LENGTH', toolCalls: null, error: null };
    }
  }
  throw engineFailed('The engine ended its answer half-way. Continue it, or try again.');
};

const outcomeOf = (error: unknown, signal: AbortSignal, log: Logger, id: string): Outcome => {
  if (signal.aborted && signal.reason instanceof Stopped) {
    const status = signal.reason.why === 'cancelled' ? 'CANCELLED' : 'INTERRUPTED';
    return { status, finishReason: null, toolCalls: null, error: null };
  }
  if (error instanceof Failure) {
    const { code, message } = error;
    return { status: 'FAILED', finishReason: null, toolCalls: null, error: { code, message } };
  }
  log.error({ generation: id, err: error }, 'generation failed unexpectedly');
  const message = 'Something went wrong on the server. Try again; its log says more under this generation.';
  return { status: 'FAILED', finishReason: null, toolCalls: null, error: { code: 'INTERNAL', message } };
};
