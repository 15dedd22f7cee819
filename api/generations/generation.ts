import type { GenerationOptions } from '../conversations/conversation.ts';
import type { EngineFormat, EngineMessage, EngineTool, EngineToolCall } from '../engine/engine.ts';
import type { FailureCode } from '../errors/failures.ts';
import type { TimeKey } from '../paging/pages.ts';

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
  /** What the engine took to load the model, and to read the prompt; absent where it did not say. */
  readonly loadMs?: number;
  readonly promptMs?: number;
}

/** A prompt that came with its request, because no conversation holds it. */
export interface GivenPrompt {
  /** Oldest first, a system prompt among them. Where the last one is the assistant's, the answer goes on from it. */
  readonly messages: readonly EngineMessage[];
  /** What the model may ask for. */
  readonly tools?: readonly EngineTool[];
}

/**
 * One answer in the making, or made. In a conversation its text is its message's content. Outside of one (both ids are
 * null, `prompt` is not) who asked waits for it, and nothing of the text is stored: it is in the journal until it has
 * been handed over.
 */
export interface Generation {
  /** A ULID, or of a ULID's form without a time in it where an idempotency key makes it. */
  readonly id: string;
  readonly ownerId: string;
  readonly conversationId: string | null;
  /** The assistant's message that it fills. */
  readonly messageId: string | null;
  /** The model that answers, resolved: fallbacks are applied. */
  readonly model: string;
  readonly systemPrompt: string | null;
  /** Null in a conversation, and once it is final: it is kept no longer than a worker may need it. */
  readonly prompt: GivenPrompt | null;
  readonly options: GenerationOptions;
  readonly format: EngineFormat | null;
  readonly status: GenerationStatus;
  /** Starts at 1; goes up when the text starts again. */
  readonly attempt: number;
  readonly thinking: string | null;
  readonly finishReason: FinishReason | null;
  /** What the model asks for, where it ended so. Taken away once it has been handed over. */
  readonly toolCalls: readonly EngineToolCall[] | null;
  readonly usage: TokenUsage | null;
  readonly error: { readonly code: FailureCode; readonly message: string } | null;
  readonly cached: boolean;
  /** Unique per owner: the same key makes one generation. */
  readonly idempotencyKey: string | null;
  /** Of the request that used the key (`fingerprint.ts`); null without a key, and for rows of earlier releases. */
  readonly fingerprint: string | null;
  readonly createdAt: Date;
  /** When the latest attempt was queued: a continued generation is queued again. */
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What may be known of anybody's generation: nothing of what is asked or answered. */
export type ActiveGeneration = Pick<
  Generation,
  'id' | 'ownerId' | 'conversationId' | 'model' | 'status' | 'attempt' | 'createdAt' | 'startedAt'
>;

/** Where one stands among those that wait and run. */
export type ActivityKey = TimeKey;

/** One that nothing has happened to yet. */
export const queued = (
  asked: Pick<
    Generation,
    | 'id'
    | 'ownerId'
    | 'conversationId'
    | 'messageId'
    | 'model'
    | 'systemPrompt'
    | 'prompt'
    | 'options'
    | 'format'
    | 'idempotencyKey'
    | 'createdAt'
  > &
    Partial<Pick<Generation, 'fingerprint'>>,
): Generation => ({
  ...asked,
  fingerprint: asked.fingerprint ?? null,
  status: 'QUEUED',
  attempt: 1,
  thinking: null,
  finishReason: null,
  toolCalls: null,
  usage: null,
  error: null,
  cached: false,
  queuedAt: asked.createdAt,
  startedAt: null,
  finishedAt: null,
});

export type GenerationPatch = Partial<
  Pick<
    Generation,
    | 'status'
    | 'attempt'
    | 'prompt'
    | 'thinking'
    | 'finishReason'
    | 'toolCalls'
    | 'usage'
    | 'error'
    | 'cached'
    | 'queuedAt'
    | 'startedAt'
    | 'finishedAt'
  >
>;
