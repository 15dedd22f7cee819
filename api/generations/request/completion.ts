import { demand } from '../../access/permissions.ts';
import type { Viewer } from '../../access/viewer.ts';
import { bytesOfText } from '../../config/values/bytes.ts';
import type { GenerationOptions } from '../../conversations/conversation.ts';
import { checkOptions } from '../../conversations/options.ts';
import { conversationChanged } from '../../conversations/topics.ts';
import type {
  Engine,
  EngineMessage,
  EngineModel,
  EngineThinking,
  EngineTool,
  PlainPrompt,
} from '../../engine/engine.ts';
import { checkSchemaSize } from '../../engine/grammar/schemaSize.ts';
import { badInput, engineFailed, engineUnavailable, Failure } from '../../errors/failures.ts';
import type { Message } from '../../messages/message.ts';
import type { Models } from '../../models/service.ts';
import type { Bus } from '../../realtime/bus.ts';
import { notify } from '../../realtime/notify.ts';
import type { Tools } from '../../tools/service.ts';
import { rowBytes } from '../../usage/storage/storage.ts';
import type { StorageQuotas } from '../../usage/storage/storageQuotas.ts';
import type { AnswerText } from '../answerSource.ts';
import type { CachePolicy } from '../cache/key.ts';
import { type Generation, isFinal, queued, toolUseAtEnd } from '../generation.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { checkPromptFits, newestThatFit } from '../prompt.ts';
import { type EndDeps, retryInBackground } from '../run/end.ts';
import type { GenerationEvent, SendEvent } from '../watch/watch.ts';
import type { Admission } from './admission.ts';
import { checkFormat } from './checks.ts';
import { bytesOfTurn, noFormatWithTools, toolUseOf } from './start.ts';
import type { StartedAnswer } from './startedAnswer.ts';
import { bytesOfKept, type StoreRequest, turnOf } from './storedAnswer.ts';
import { type WriteTurnDeps, writeTurn } from './writeTurn.ts';

/** Messages to answer. */
export interface CompletionInput {
  /** Null: the default. */
  readonly model: string | null;
  /** Oldest first, including the system prompt; at least one. If the last is an assistant's, the answer continues it. */
  readonly messages: readonly EngineMessage[];
  /** Whether to drop the oldest messages if they exceed the model's context, instead of `PROMPT_TOO_LARGE`. */
  readonly truncates?: boolean;
  readonly options: GenerationOptions;
  readonly format: unknown;
  /** The tools that the model may call; only for models with the capability `tools`. */
  readonly tools?: readonly EngineTool[];
  /** The names of tools that this server runs. Not beside `tools`, and none that needs a confirmation. */
  readonly serverTools?: readonly string[];
  /** How much the model thinks; only for models with the capability `thinking`, except for `false`. */
  readonly think?: EngineThinking | null;
  /** The same, without effect on other models. */
  readonly thinkIfAble?: EngineThinking | null;
  /** How many likeliest tokens to report for each token of the answer; only for models of engines that have them. */
  readonly logprobs?: number | null;
  /** Completes the user's message as a text; only for models of engines that do so. */
  readonly plain?: PlainPrompt | null;
  /** Null or absent: the response cache is used if the options make the answer repeatable. */
  readonly cache?: CachePolicy | null;
  /** Texts in the messages that the audit log masks. */
  readonly secrets?: readonly string[];
  /** Stores the answer as a turn of a conversation. Null or absent: nothing is stored. */
  readonly store?: StoreRequest | null;
  /** Answers in the background, while no person waits. Absent: a person waits. */
  readonly background?: BackgroundRequest;
}

/**
 * An answer that no person waits for. Rate and running limit don't count it, because its caller has limits of its own; the
 * quota does. It takes no part in the response cache: a person's equal request would follow it, and wait as long.
 */
export interface BackgroundRequest {
  /** The id of the generation, by which a caller finds what an interrupted one left. */
  readonly id: string;
}

export type CompletionChunk = AnswerText;

/** Sends a chunk that arrives while the reader waits. Returns false if it can't be sent now; then it is yielded. */
export type SendChunk = (chunk: CompletionChunk) => boolean;

export interface WholeCompletion extends AnswerText {
  /** `COMPLETED`, with its usage and the model's tool calls. */
  readonly generation: Generation;
}

/**
 * An answer for one caller, who waits for it. Read it once and at once, by `chunks` or by `whole`. If reading stops early
 * or `signal` aborts, the generation is cancelled. Both methods throw
 * `signal.reason`, and a `Failure` if the answer fails or is interrupted: an incomplete answer never looks complete.
 */
export interface Completion {
  /** As it was started. Its `model` is the one that answers. */
  readonly generation: Generation;
  /** Why another model than the requested one answers, as a sentence in ASCII; null if it is the requested one. */
  readonly modelReason: string | null;
  /** Yields the chunks as they arrive, except those that `send` sends. Returns the completed generation. */
  chunks(signal: AbortSignal, send?: SendChunk): AsyncGenerator<CompletionChunk, Generation, undefined>;
  whole(signal: AbortSignal): Promise<WholeCompletion>;
}

export interface Completions {
  /**
   * Starts an answer. Throws `BAD_USER_INPUT`, `PROMPT_TOO_LARGE`, `MODEL_NOT_FOUND`, `ENGINE_UNAVAILABLE`; to store it,
   * also `NOT_FOUND` and `CONFLICT` for the previous answer.
   */
  complete(viewer: Viewer, input: CompletionInput): Promise<Completion>;
}

export interface CompletionsDeps extends EndDeps, WriteTurnDeps {
  readonly models: Pick<Models, 'choose'>;
  readonly engine: Pick<Engine, 'measure'>;
  readonly tools: Pick<Tools, 'check' | 'find'>;
  readonly admission: Admission;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation'>;
  readonly bus: Bus;
}

export const createCompletions = (
  deps: CompletionsDeps,
  { watch, cancel }: Pick<Lifecycle, 'watch' | 'cancel'>,
): Completions => {
  const { generations, models, engine, admission, ids, clock } = deps;

  /**
   * Cancels a generation unless it has `ended`, and removes what only its caller could read. Resolves after the first try;
   * while the stores are unavailable, others follow in the background.
   */
  const release = (viewer: Viewer, id: string, ended: Generation | null): Promise<void> =>
    retryInBackground(deps.log, id, async () => {
      const found = ended ?? (await cancelIfFound(viewer, id));
      // A stored answer keeps everything, and its run ends the entry.
      if (found && found.messageId !== null) return;
      await deps.journal.end(id, found?.attempt ?? 1);
      if (ended?.toolCalls || ended?.logprobs || ended?.toolUse) {
        const patch = { toolCalls: null, logprobs: null, ...toolUseAtEnd(ended) };
        await generations.transition(id, [ended.status], patch);
      }
    });

  const cancelIfFound = async (viewer: Viewer, id: string): Promise<Generation | null> => {
    try {
      return await cancel(viewer, id);
    } catch (error) {
      if (error instanceof Failure && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  };

  const start = async (
    viewer: Viewer,
    input: CompletionInput,
  ): Promise<Pick<Completion, 'generation' | 'modelReason'>> => {
    const { user } = viewer;
    const { tools = [] } = input;
    const options = checkOptions(input.options);
    const format = checkFormat(input.format);
    const given = withoutEmptyPrefill(input.messages);
    if (given.length === 0) throw badInput('messages', 'messages is empty. Send at least one message.');
    const { model, reason } = await models.choose(input.model);
    const messages = input.truncates ? await newestThatFit(engine, model.name, given, options) : given;
    checkPrefill(model, messages);
    const think = thinkingOf(model, input);
    checkImages(model, messages);
    checkTools(model, tools);
    const { serverTools = [] } = input;
    checkServerTools(deps.tools, viewer, tools, serverTools);
    const toolUse = toolUseOf(deps, viewer, model, serverTools);
    if (toolUse.toolUse && format !== null) throw noFormatWithTools();
    const { logprobs = null, plain = null } = input;
    if (logprobs !== null && !model.hasLogprobs) throw noLogprobs(model);
    if (plain) checkPlain(model, plain);
    const promptTokens = await checkPromptFits(engine, model.name, messages, options.contextLength);
    const { store = null, background } = input;
    const id = background?.id ?? ids.next();
    const { maxTokens = null } = options;
    const request = { id, attempt: 1, promptTokens, maxTokens, isBackground: background !== undefined };
    const turn = store && (await turnOf(deps, viewer, store, { model: input.model, options }));
    const row = {
      id,
      ownerId: user.id,
      model: model.name,
      prompt: {
        messages,
        ...(tools.length > 0 && { tools }),
        ...(think !== null && { think }),
        ...(logprobs !== null && { logprobs }),
        ...(plain && { plain }),
        ...(background && { isBackground: true as const }),
        ...(store && { kept: store.kept }),
      },
      options,
      format,
      idempotencyKey: null,
      ...toolUse,
    };
    const unstored = { conversationId: null, messageId: null, systemPrompt: null };
    const bytes =
      store && turn
        ? bytesOfTurn(turn) + bytesOfKept(store)
        : rowBytes.generation + messages.reduce((sum, { content }) => sum + bytesOfText(content), 0);
    const insert = async () => ({
      generation: await generations.insert(queued({ ...row, ...unstored, createdAt: clock() })),
      userMessage: null,
    });
    const { generation, userMessage } = await admission.admit(viewer, request, () =>
      deps.storageQuotas.withReservation<Pick<StartedAnswer, 'generation'> & { userMessage: Message | null }>(
        user,
        bytes,
        () => (turn ? writeTurn(deps, turn, row) : insert()),
      ),
    );
    try {
      // Cached answers have no log probabilities and no results of tools, and their keys don't tell a text from a question.
      const isSpecial =
        logprobs !== null || plain !== null || background !== undefined || generation.toolUse !== undefined;
      await admission.begin(generation, isSpecial ? 'BYPASS' : (input.cache ?? null), 'PREFER');
    } catch (error) {
      // The caller gets the error, so no one would read the answer. A worker may have it already: the reply may be lost.
      await release(viewer, id, null);
      throw error;
    }
    const { conversationId, messageId } = generation;
    if (conversationId !== null && messageId !== null && userMessage) {
      const messageIds = [userMessage.id, messageId];
      await notify(deps, conversationChanged, user.id, {
        kind: 'MESSAGES_ADDED',
        conversationId,
        messageIds,
      });
    }
    return { generation, modelReason: reason };
  };

  /** Yields the events of a generation. Returns it once it is `COMPLETED`. Cancels it if reading stops early. */
  async function* follow(
    viewer: Viewer,
    { id }: Generation,
    signal: AbortSignal,
    send?: SendEvent,
  ): AsyncGenerator<GenerationEvent, Generation, undefined> {
    let ended: Generation | null = null;
    try {
      for await (const event of watch(viewer, { id, after: 0 }, signal, send)) {
        if (isFinal(event.status)) ended = event.generation;
        // The event of any other end carries no text that the caller may have.
        if (!ended || ended.status === 'COMPLETED') yield event;
      }
      return requireCompleted(ended);
    } finally {
      await release(viewer, id, ended);
    }
  }

  return {
    async complete(viewer, input) {
      demand(viewer, 'generate');
      const { generation, modelReason } = await start(viewer, input);
      return {
        generation,
        modelReason,
        async *chunks(signal, send) {
          let [text, thinking] = [0, 0];
          /** Whether an event adds to what was sent: the answer hasn't started again. */
          const follows = ({ offset, thinkingOffset }: GenerationEvent) =>
            offset === text && thinkingOffset === thinking;
          const advance = ({ delta, thinkingDelta }: GenerationEvent) => {
            text += delta.length;
            thinking += thinkingDelta.length;
          };
          const sendEvent = (event: GenerationEvent): boolean => {
            const { delta, thinkingDelta } = event;
            if (!follows(event) || !send?.({ text: delta, thinking: thinkingDelta })) return false;
            advance(event);
            return true;
          };
          const events = follow(viewer, generation, signal, sendEvent);
          try {
            for (;;) {
              const next = await events.next();
              if (next.done) return next.value;
              // The chunks that were sent can't be undone.
              if (!follows(next.value)) throw restarted();
              advance(next.value);
              const { delta, thinkingDelta } = next.value;
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

/** Removes an empty last message of the assistant, which begins an answer like none. */
const withoutEmptyPrefill = (messages: readonly EngineMessage[]): readonly EngineMessage[] => {
  const last = messages.at(-1);
  const isEmpty = last?.role === 'assistant' && last.content === '' && !last.toolCalls?.length;
  return isEmpty ? messages.slice(0, -1) : messages;
};

const checkPrefill = ({ name, canContinue }: EngineModel, messages: readonly EngineMessage[]): void => {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || last.content === '' || canContinue) return;
  throw badInput(
    'messages',
    `${name} can't continue a message of the assistant, because its chat template or its engine ends every message. End the messages with one of the user, or choose a model that can.`,
  );
};

/** Returns what the engine gets as `think`; null for the model's default. */
const thinkingOf = (
  { name, capabilities }: EngineModel,
  { think = null, thinkIfAble = null }: CompletionInput,
): EngineThinking | null => {
  if (capabilities.includes('thinking')) return think ?? thinkIfAble;
  if (think === null || think === false) return null;
  throw badInput('think', `${name} does not support thinking. Leave think out, or choose another model.`);
};

const checkImages = (model: EngineModel, messages: readonly EngineMessage[]): void => {
  if (model.capabilities.includes('vision') || !messages.some(({ images }) => images?.length)) return;
  throw badInput(
    'images',
    `${model.name} does not support images. Use a model with the capability "vision".`,
  );
};

const checkTools = (model: EngineModel, tools: readonly EngineTool[]): void => {
  tools.forEach(({ parameters }, index) => {
    if (parameters) checkSchemaSize(parameters, `tools[${index}].function.parameters`);
  });
  if (model.capabilities.includes('tools') || tools.length === 0) return;
  throw badInput('tools', `${model.name} does not support tools. Use a model with the capability "tools".`);
};

const checkServerTools = (
  tools: Pick<Tools, 'find'>,
  viewer: Viewer,
  own: readonly EngineTool[],
  names: readonly string[],
): void => {
  if (own.length > 0 && names.length > 0) {
    throw badInput('server_tools', 'server_tools and tools exclude each other. Leave one of them out.');
  }
  for (const name of names) {
    if (tools.find(viewer, name)?.isReadOnly !== false) continue;
    throw badInput(
      'server_tools',
      `The tool "${name}" needs the confirmation of a person in the web app. Leave it out.`,
    );
  }
};

const noLogprobs = ({ name }: EngineModel) =>
  badInput('logprobs', `The engine of ${name} reports no log probabilities. Leave logprobs out.`);

const checkPlain = ({ name, completesTexts, capabilities }: EngineModel, plain: PlainPrompt): void => {
  const field = (['suffix', 'raw', 'template'] as const).find((each) => plain[each] !== undefined) ?? 'raw';
  if (!completesTexts) {
    throw badInput(field, `The engine of ${name} does not support ${field}. Leave ${field} out.`);
  }
  if (plain.suffix === undefined || capabilities.includes('insert')) return;
  throw badInput(
    'suffix',
    `${name} does not fill gaps. Leave suffix out, or use a model with the capability "insert".`,
  );
};

const restarted = () =>
  engineFailed(
    'The answer had to be restarted. Discard the text received so far, and send the request again.',
  );

/** Throws a `Failure` if the generation ended in any other way. */
const requireCompleted = (generation: Generation | null): Generation => {
  if (generation?.status === 'COMPLETED') return generation;
  if (generation?.error) throw new Failure(generation.error.code, generation.error.message);
  if (generation?.status === 'CANCELLED') throw new Failure('CONFLICT', 'The answer was cancelled.');
  throw engineUnavailable('The service stopped before the answer was complete. Send the request again.');
};
