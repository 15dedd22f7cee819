import {
  ContinueGenerationDocument,
  type FinishReason,
  OutcomeDocument,
  type OutcomeSubscription,
} from '../__generated__/graphql.ts';
import { hasCode, ZiggieError } from '../errors.ts';
import { retry } from '../transport/retry.ts';
import type { Started } from './feed.ts';
import { type AnswerDeps, type FollowDeps, mayRetry } from './follow.ts';

/** The usage of an answer. Durations are in ms, counts in tokens. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly tokensPerSecond: number | null;
  readonly timeToFirstToken: number | null;
  readonly duration: number;
}

/** An answer that has ended, as stored. */
export interface AnswerResult extends Started {
  readonly text: string;
  /** The thinking of a reasoning model before its answer. */
  readonly thinking: string | null;
  /** `CANCELLED`: `text` is the partial text up to the cancel. */
  readonly status: 'COMPLETED' | 'CANCELLED';
  readonly finishReason: FinishReason | null;
  readonly usage: Usage | null;
  /** Whether it came from the response cache. */
  readonly cached: boolean;
  readonly attempt: number;
}

export type GenerationRecord = OutcomeSubscription['generation']['generation'];

/** Reads a stored answer. Throws `NOT_FOUND` if it doesn't exist or isn't the caller's. */
export const fetchGeneration = (
  { socket, tokens, timeoutMs }: FollowDeps,
  id: string,
  signal: AbortSignal,
): Promise<GenerationRecord> =>
  retry(async () => (await socket.first(OutcomeDocument, { id }, signal)).generation.generation, {
    tokens,
    timeoutMs,
    signal,
    mayRetry,
  });

export const startedOf = ({ id, model, message }: GenerationRecord): Started => ({
  generationId: id,
  conversationId: message?.conversation.id ?? null,
  userMessageId: message?.parent?.id ?? null,
  assistantMessageId: message?.id ?? null,
  model,
});

/** Throws the error that a generation failed with. */
export const resultOf = (generation: GenerationRecord): AnswerResult => {
  const { status, text, thinking, finishReason, usage, cached, attempt, error } = generation;
  if (status === 'FAILED') {
    throw new ZiggieError(error?.code ?? 'INTERNAL', error?.message ?? 'The answer failed.', { text });
  }
  if (status !== 'COMPLETED' && status !== 'CANCELLED') {
    throw new ZiggieError('INTERRUPTED', 'The server stopped in mid-answer. Continue it, or ask again.', {
      text,
    });
  }
  return { ...startedOf(generation), text, thinking, status, finishReason, usage, cached, attempt };
};

/** Continues an interrupted answer. Resolves to false if it can't be continued. */
export const continueGeneration = async (
  deps: AnswerDeps,
  id: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const { request, timeoutMs } = deps;
  const { status, canContinue } = await fetchGeneration(deps, id, signal);
  if (status !== 'INTERRUPTED') return true;
  if (!canContinue) return false;
  try {
    await request(ContinueGenerationDocument, { id }, { signal, timeoutMs, mayRetry });
  } catch (error) {
    // It was continued already: by an earlier attempt whose response was lost, or by the web app.
    if (!hasCode(error, 'CONFLICT')) throw error;
    return (await fetchGeneration(deps, id, signal)).status !== 'INTERRUPTED';
  }
  return true;
};
