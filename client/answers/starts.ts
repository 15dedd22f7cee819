import {
  EditMessageDocument,
  type EditMessageInput,
  GenerateDocument,
  type GenerateInput,
  RegenerateDocument,
  type RegenerateInput,
  type StartedFragment,
} from '../__generated__/graphql.ts';
import { payloadOf } from '../transport/payload.ts';
import { type Answer, createAnswer, type ReadingOptions } from './answer.ts';
import type { Started } from './feed.ts';
import type { AnswerDeps } from './follow.ts';
import { fetchGeneration, startedOf } from './result.ts';

/** Options of every answer. Without an `idempotencyKey` the client creates one, so that a retry asks only once. */
export type ChatInput = Omit<GenerateInput, 'clientMutationId'> & ReadingOptions;
export type RegenerateOptions = Omit<RegenerateInput, 'clientMutationId'> & ReadingOptions;
export type EditMessageOptions = Omit<EditMessageInput, 'clientMutationId'> & ReadingOptions;

/** The methods that start or follow an answer. Each starts at once. */
export interface Starts {
  /** Asks a question in the conversation `conversationId`, or in a new one. */
  chat(input: ChatInput): Answer;
  /** Requests another answer to the same message. */
  regenerate(input: RegenerateOptions): Answer;
  /** Edits a user's message and requests an answer to the new version. */
  editMessage(input: EditMessageOptions): Answer;
  /** Follows an answer that was started before, here or elsewhere, from its beginning. */
  follow(generationId: string, options?: ReadingOptions): Answer;
}

export const createStarts = (deps: AnswerDeps): Starts => {
  const { request } = deps;
  return {
    chat: (given) => {
      const { reading, input } = split(given);
      const begin = async (signal: AbortSignal) =>
        startedFrom((await request(GenerateDocument, { input }, { signal })).generate);
      return createAnswer(deps, begin, reading);
    },
    regenerate: (given) => {
      const { reading, input } = split(given);
      const begin = async (signal: AbortSignal) =>
        startedFrom((await request(RegenerateDocument, { input }, { signal })).regenerate);
      return createAnswer(deps, begin, reading);
    },
    editMessage: (given) => {
      const { reading, input } = split(given);
      const begin = async (signal: AbortSignal) =>
        startedFrom((await request(EditMessageDocument, { input }, { signal })).editMessage);
      return createAnswer(deps, begin, reading);
    },
    follow: (generationId, options = {}) => {
      const begin = async (signal: AbortSignal) =>
        startedOf(await fetchGeneration(deps, generationId, signal));
      return createAnswer(deps, begin, options);
    },
  };
};

const split = <Input extends ReadingOptions & { readonly idempotencyKey?: string | null | undefined }>({
  signal,
  onAbort,
  continueInterrupted,
  ...input
}: Input) => ({
  reading: {
    ...(signal && { signal }),
    ...(onAbort && { onAbort }),
    ...(continueInterrupted !== undefined && { continueInterrupted }),
  },
  input: { ...input, idempotencyKey: input.idempotencyKey ?? makeKey() },
});

/** Not `randomUUID`, which browsers offer only in secure contexts. */
const makeKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

const startedFrom = (answered: StartedFragment | null): Started => {
  const payload = payloadOf(answered);
  return {
    generationId: payload.generation.id,
    conversationId: payload.conversation.id,
    userMessageId: payload.userMessageEdge.node.id,
    assistantMessageId: payload.assistantMessageEdge.node.id,
    model: payload.generation.model,
  };
};
