import type { GenerationOptions } from '../conversations/conversation.ts';
import type { EngineFormat } from '../engine/engine.ts';
import type { FailureCode } from '../failures.ts';

export type GenerationStatus = 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';

export type FinishReason = 'STOP' | 'LENGTH' | 'TOOL_CALLS';

export const isFinal = (status: GenerationStatus): boolean => status !== 'QUEUED' && status !== 'RUNNING';

/** Durations in milliseconds, counts in tokens. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of the answer, while it was computed; null where nothing was. */
  readonly tokensPerSecond: number | null;
  /** From the moment a worker took it to the first character; null where none came. */
  readonly timeToFirstTokenMs: number | null;
  /** From the moment a worker took it to the end. */
  readonly durationMs: number;
}

/** One answer in the making, or made. Its text is its message's content. */
export interface Generation {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  readonly conversationId: string;
  /** The assistant's message that it fills. */
  readonly messageId: string;
  /** The model that answers, resolved: fallbacks are applied. */
  readonly model: string;
  readonly systemPrompt: string | null;
  readonly options: GenerationOptions;
  readonly format: EngineFormat | null;
  readonly status: GenerationStatus;
  /** Starts at 1; goes up when the text starts again. */
  readonly attempt: number;
  readonly thinking: string | null;
  readonly finishReason: FinishReason | null;
  readonly usage: TokenUsage | null;
  readonly error: { readonly code: FailureCode; readonly message: string } | null;
  readonly cached: boolean;
  /** Unique per owner: the same key makes one generation. */
  readonly idempotencyKey: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export type GenerationPatch = Partial<
  Pick<
    Generation,
    | 'status'
    | 'attempt'
    | 'thinking'
    | 'finishReason'
    | 'usage'
    | 'error'
    | 'cached'
    | 'startedAt'
    | 'finishedAt'
  >
>;
