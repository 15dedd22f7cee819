import {
  ContinueGenerationDocument,
  type FinishReason,
  OutcomeDocument,
  type OutcomeSubscription,
} from '../__generated__/graphql.ts';
import { hasCode, ZiggieError } from '../errors.ts';
import { persist } from '../transport/persist.ts';
import type { Started } from './feed.ts';
import { type AnswerDeps, type FollowDeps, mayPass } from './follow.ts';

/** What an answer used. Durations are in milliseconds, counts in tokens. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly tokensPerSecond: number | null;
  readonly timeToFirstToken: number | null;
  readonly duration: number;
}

/** An answer that has ended, as it is stored. */
export interface AnswerResult extends Started {
  readonly text: string;
  /** What a reasoning model thought before it answered. */
  readonly thinking: string | null;
  /** `CANCELLED`: `text` is what there was until then. */
  readonly status: 'COMPLETED' | 'CANCELLED';
  readonly finishReason: FinishReason | null;
  readonly usage: Usage | null;
  /** Whether it is one that was computed before. */
  readonly cached: boolean;
  readonly attempt: number;
}

export type GenerationRecord = OutcomeSubscription['generation']['generation'];

/** Throws `NOT_FOUND` where there is none, or it isn't the caller's. */
export const fetchGeneration = (
  { socket, tokens, patienceMs }: FollowDeps,
  id: string,
  signal: AbortSignal,
): Promise<GenerationRecord> =>
  persist(async () => (await socket.first(OutcomeDocument, { id }, signal)).generation.generation, {
    tokens,
    patienceMs,
    signal,
    mayPass,
  });

export const startedOf = ({ id, model, message }: GenerationRecord): Started => ({
  generationId: id,
  conversationId: message?.conversation.id ?? null,
  userMessageId: message?.parent?.id ?? null,
  assistantMessageId: message?.id ?? null,
  model,
});

/** Throws what a generation failed of. */
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

/** Takes up an answer that was interrupted. False where that can't be. */
export const continueGeneration = async (
  deps: AnswerDeps,
  id: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const { request, patienceMs } = deps;
  const { status, canContinue } = await fetchGeneration(deps, id, signal);
  if (status !== 'INTERRUPTED') return true;
  if (!canContinue) return false;
  try {
    await request(ContinueGenerationDocument, { id }, { signal, patienceMs, mayPass });
  } catch (error) {
    // Somebody else did, such as a try of ours whose answer was lost, or the web app.
    if (!hasCode(error, 'CONFLICT')) throw error;
    return (await fetchGeneration(deps, id, signal)).status !== 'INTERRUPTED';
  }
  return true;
};
