import type { Logger } from 'pino';
import { demand } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import { bytesOfText } from '../../config/values/bytes.ts';
import type { GenerationOptions } from '../../conversations/conversation.ts';
import { checkOptions } from '../../conversations/options.ts';
import type { Engine, EngineMessage, EngineModel, EngineTool } from '../../engine/engine.ts';
import { checkSchemaSize } from '../../engine/grammar/schemaSize.ts';
import { badInput, engineFailed, engineUnavailable, Failure } from '../../errors/failures.ts';
import type { Models } from '../../models/service.ts';
import type { Ids } from '../../process/ids.ts';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { StorageQuotas } from '../../usage/storage/storageQuotas.ts';
import type { CachePolicy } from '../cache/key.ts';
import { type Generation, isFinal, queued } from '../generation.ts';
import type { Journal } from '../journal/journal.ts';
import type { GenerationEvent } from '../journal/watch.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Queue } from '../queue/queue.ts';
import { completeEnd, dropEntry } from '../run/ending.ts';
import type { GenerationStore } from '../store/store.ts';
import type { Admission } from './admission.ts';
import { checkFormat } from './checks.ts';
import { checkPromptFits } from './prompt.ts';

/** Messages to answer, all of them the caller's: no conversation is read or written. */
export interface CompletionInput {
  /** Null: the default. */
  readonly model: string | null;
  /** Oldest first, a system prompt among them; at least one. */
  readonly messages: readonly EngineMessage[];
  readonly options: GenerationOptions;
  readonly format: unknown;
  /** What the model may ask for; only for models with the capability `tools`. */
  readonly tools?: readonly EngineTool[];
  /** None: a stored answer will do where the options make the same question give the same answer. */
  readonly cache?: CachePolicy | null;
}

/** What came of an answer since the piece before. One of the two may be empty. */
export interface CompletionPiece {
  readonly text: string;
  readonly thinking: string;
}

export interface WholeCompletion extends CompletionPiece {
  /** `COMPLETED`, with what it used, and the tools that the model asks for. */
  readonly generation: Generation;
}

/**
 * An answer for one caller, who waits for it. Read it once, by either of the two, at once: when the reading ends early,
 * or `signal` aborts, the generation is cancelled, because nobody else can see it. Both throw `signal.reason`, and a
 * `Failure` where the answer fails or is interrupted: half an answer never looks whole.
 */
export interface Completion {
  /** As it was begun: its `model` is the one that answers. */
  readonly generation: Generation;
  /** Pieces as they come; returns the generation as `whole` does. */
  pieces(signal: AbortSignal): AsyncGenerator<CompletionPiece, Generation, undefined>;
  whole(signal: AbortSignal): Promise<WholeCompletion>;
}

export interface Completions {
  /** Throws `BAD_USER_INPUT`, `PROMPT_TOO_LARGE`, `MODEL_NOT_FOUND`, `ENGINE_UNAVAILABLE`. */
  complete(viewer: Viewer, input: CompletionInput): Promise<Completion>;
}

export interface CompletionsDeps {
  readonly generations: GenerationStore;
  readonly models: Models;
  readonly engine: Engine;
  readonly journal: Journal;
  readonly queue: Queue;
  readonly admission: Admission;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation'>;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
}

export const createCompletions = (
  deps: CompletionsDeps,
  { watch, cancel }: Pick<Lifecycle, 'watch' | 'cancel'>,
): Completions => {
  const { generations, models, engine, admission, ids, clock } = deps;

  const start = async (viewer: Viewer, input: CompletionInput): Promise<Generation> => {
    const { user } = viewer;
    const { messages, tools = [] } = input;
    const options = checkOptions(input.options);
    const format = checkFormat(input.format);
    checkMessages(messages);
    const model = await models.resolve(input.model);
    checkImages(model, messages);
    checkTools(model, tools);
    const promptTokens = await checkPromptFits(engine, model.name, messages);
    const id = ids.next();
    const { maxTokens = null } = options;
    const bytes = rowBytes.generation + messages.reduce((sum, { content }) => sum + bytesOfText(content), 0);
    const asked = { id, attempt: 1, promptTokens, maxTokens };
    const generation = await admission.admit(viewer, asked, () =>
      deps.storageQuotas.withReservation(user, bytes, () =>
        generations.insert(
          queued({
            id,
            ownerId: user.id,
            conversationId: null,
            messageId: null,
            model: model.name,
            systemPrompt: null,
            prompt: { messages, ...(tools.length > 0 && { tools }) },
            options,
            format,
            idempotencyKey: null,
            createdAt: clock(),
          }),
        ),
      ),
    );
    try {
      await admission.begin(generation, input.cache ?? null, 'PREFER');
    } catch (error) {
      // Its caller is told, and goes: nobody would read it.
      const patch = { status: 'CANCELLED', prompt: null, finishedAt: clock() } as const;
      const ended = await generations.transition(id, ['QUEUED'], patch);
      if (ended) await completeEnd(deps, ended);
      throw error;
    }
    return generation;
  };

  /** What happens to it, to its end; returns it as it has ended, `COMPLETED`. Whoever leaves before cancels it. */
  async function* follow(
    viewer: Viewer,
    { id }: Generation,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, Generation, undefined> {
    let ended: Generation | null = null;
    try {
      for await (const event of watch(viewer, { id, after: 0 }, signal)) {
        if (isFinal(event.status)) ended = event.generation;
        // With any other end comes no text.
        if (!ended || ended.status === 'COMPLETED') yield event;
      }
      return completed(ended);
    } finally {
      await release(viewer, id, ended);
    }
  }

  const release = async (viewer: Viewer, id: string, ended: Generation | null): Promise<void> => {
    try {
      const { attempt } = ended ?? (await cancel(viewer, id));
      // It has been handed over.
      await dropEntry(deps, { id, attempt });
      if (ended?.toolCalls) await generations.transition(id, [ended.status], { toolCalls: null });
    } catch (error) {
      deps.log.warn({ generation: id, err: error }, 'an answer that nobody waits for could not be cancelled');
    }
  };

  return {
    async complete(viewer, input) {
      demand(viewer, 'generate');
      const generation = await start(viewer, input);
      return {
        generation,
        async *pieces(signal) {
          const events = follow(viewer, generation, signal);
          let [text, thinking] = [0, 0];
          try {
            for (;;) {
              const next = await events.next();
              if (next.done) return next.value;
              const { offset, delta, thinkingOffset, thinkingDelta } = next.value;
              // What was sent can't be taken back.
              if (offset !== text || thinkingOffset !== thinking) throw startedAgain();
              [text, thinking] = [text + delta.length, thinking + thinkingDelta.length];
              if (delta !== '' || thinkingDelta !== '') yield { text: delta, thinking: thinkingDelta };
            }
          } finally {
            await events.return(generation);
          }
        },
        async whole(signal) {
          const events = follow(viewer, generation, signal);
          let [text, thinking] = ['', ''];
          for (;;) {
            const next = await events.next();
            if (next.done) return { text, thinking, generation: next.value };
            const { offset, delta, thinkingOffset, thinkingDelta } = next.value;
            text = text.slice(0, offset) + delta;
            thinking = thinking.slice(0, thinkingOffset) + thinkingDelta;
          }
        },
      };
    },
  };
};

const checkMessages = (messages: readonly EngineMessage[]): void => {
  const last = messages.at(-1);
  if (!last) throw badInput('messages', 'messages is empty. Send at least one for the model to answer.');
  if (last.content.trim() !== '' || last.images?.length || last.role === 'tool') return;
  throw badInput('messages', 'The last of messages is empty. Write something for the model to answer.');
};

const checkImages = (model: EngineModel, messages: readonly EngineMessage[]): void => {
  if (model.capabilities.includes('vision') || !messages.some(({ images }) => images?.length)) return;
  throw badInput('images', `${model.name} reads no images. Ask a model that has the capability "vision".`);
};

const checkTools = (model: EngineModel, tools: readonly EngineTool[]): void => {
  tools.forEach(({ parameters }, index) => {
    if (parameters) checkSchemaSize(parameters, `tools[${index}].function.parameters`);
  });
  if (model.capabilities.includes('tools') || tools.length === 0) return;
  throw badInput('tools', `${model.name} calls no tools. Ask a model that has the capability "tools".`);
};

const startedAgain = () =>
  engineFailed('The answer had to be started again half-way, and what was sent is worth nothing. Ask again.');

/** Throws where it ended any other way. */
const completed = (generation: Generation | null): Generation => {
  if (generation?.status === 'COMPLETED') return generation;
  if (generation?.error) throw new Failure(generation.error.code, generation.error.message);
  if (generation?.status === 'CANCELLED') throw new Failure('CONFLICT', 'The answer was cancelled.');
  throw engineUnavailable('The service stopped in the middle of the answer. Ask again.');
};
