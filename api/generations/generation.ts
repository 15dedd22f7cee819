import type { GenerationOptions } from '../conversations/conversation.ts';
import type {
  EngineFormat,
  EngineMessage,
  EngineThinking,
  EngineTool,
  EngineToolCall,
  PlainPrompt,
  TokenLogprob,
} from '../engine/engine.ts';
import type { FailureCode } from '../errors/failures.ts';
import type { TimeKey } from '../paging/pages.ts';
import type { ToolUse } from '../tools/toolCall.ts';

export type GenerationStatus = 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';

export type FinishReason = 'STOP' | 'LENGTH' | 'TOOL_CALLS';

/** Returns what remains of a generation's prompt once it is final. */
export const promptAtEnd = ({ prompt }: Pick<Generation, 'prompt'>): GivenPrompt | null =>
  prompt?.kept ? { messages: [], kept: prompt.kept } : null;

/** Returns the tools of a generation once it is final. Outside of conversations, the contents of calls aren't stored. */
export const toolUseAtEnd = ({
  messageId,
  toolUse,
}: Pick<Generation, 'messageId' | 'toolUse'>): Pick<Generation, 'toolUse'> =>
  messageId === null && toolUse ? { toolUse: { ...toolUse, calls: [] } } : {};

/**
 * The maximum length of `continuedAttempts`. A worker whose last write got no reply looks for its attempt there within minutes, in
 * which nobody continues an answer more often.
 */
export const maxContinuedAttempts = 16;

export const isFinal = (status: GenerationStatus): boolean => status !== 'QUEUED' && status !== 'RUNNING';

/** Durations in milliseconds, counts in tokens. */
export interface TokenUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The speed while the answer was computed; null if nothing was computed. */
  readonly tokensPerSecond: number | null;
  /** From the claim by a worker to the first character; null if there was none. */
  readonly timeToFirstTokenMs: number | null;
  /** From the claim by a worker to the end, without waits for the user's decisions on calls of tools. */
  readonly durationMs: number;
  /** The engine's time for loading the model and for reading the prompt; absent if it reported none. */
  readonly loadMs?: number;
  readonly promptMs?: number;
}

/** The prompt of a completion outside of conversations, which is stored with its generation. */
export interface GivenPrompt {
  /** Oldest first, including a system prompt. If the last one is the assistant's, the answer continues it. */
  readonly messages: readonly EngineMessage[];
  /** The tools that the model may call. */
  readonly tools?: readonly EngineTool[];
  readonly think?: EngineThinking;
  /** How many likeliest tokens to report for each token of the answer. Absent: no log probabilities. */
  readonly logprobs?: number;
  /** Whether no person waits for the answer, such as for an input of a batch. Absent: one does. */
  readonly isBackground?: true;
  /** Options of plain text completion. Absent: the messages go through the chat template. */
  readonly plain?: PlainPrompt;
  /** What is kept after the end of an answer that is stored in a conversation. */
  readonly kept?: KeptRequest;
}

/** The request of a stored answer, for later requests that refer to it. */
export interface KeptRequest {
  /** The messages that the model got, without instructions of this request. */
  readonly input: readonly EngineMessage[];
  /** The fields that the API returns with the answer. JSON. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * One answer, finished or in progress. In a conversation its text is its message's content. Outside of conversations (both
 * ids are null, `prompt` isn't) the caller waits for it, and the text isn't stored: it stays in the journal until the
 * caller has it.
 */
export interface Generation {
  /** A ULID. With an idempotency key, a hash of it in the form of a ULID, whose time has no meaning. */
  readonly id: string;
  readonly ownerId: string;
  readonly conversationId: string | null;
  /** The assistant's message that it fills. */
  readonly messageId: string | null;
  /** The resolved model: aliases and fallbacks are applied. */
  readonly model: string;
  readonly systemPrompt: string | null;
  /**
   * Null in a conversation, and once the generation is final: only a worker needs it. Of a stored answer, `kept` remains;
   * its messages are empty then.
   */
  readonly prompt: GivenPrompt | null;
  readonly options: GenerationOptions;
  readonly format: EngineFormat | null;
  readonly status: GenerationStatus;
  /** Starts at 1, or at 2 if the answer begins with the text of another. Incremented by each takeover, restart and continuation. */
  readonly attempt: number;
  /**
   * The attempts that had ended when the answer was continued, at most the last `maxContinuedAttempts`, ascending. A worker
   * whose last write got no reply learns from it whether the write succeeded. Absent: it was never continued.
   */
  readonly continuedAttempts?: readonly number[];
  readonly thinking: string | null;
  readonly finishReason: FinishReason | null;
  /** The model's tool calls, if the answer ended with some. Cleared once the caller has them. */
  readonly toolCalls: readonly EngineToolCall[] | null;
  /** The tools that this server runs for the answer, with their calls so far. Absent: none. */
  readonly toolUse?: ToolUse;
  /** The log probabilities of the answer's tokens, if they were asked for. Cleared once the caller has them. */
  readonly logprobs: readonly TokenLogprob[] | null;
  readonly usage: TokenUsage | null;
  readonly error: { readonly code: FailureCode; readonly message: string } | null;
  readonly cached: boolean;
  /** Unique per owner: requests with the same key start one generation. */
  readonly idempotencyKey: string | null;
  /** The fingerprint of the request (`request/idempotency.ts`); null in rows of earlier releases. */
  readonly fingerprint: string | null;
  readonly createdAt: Date;
  /** When the generation was queued last: continuing it queues it again. */
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** The fields of a generation that administrators may see of any user: no prompt and no answer. */
export type ActiveGeneration = Pick<
  Generation,
  'id' | 'ownerId' | 'conversationId' | 'model' | 'status' | 'attempt' | 'createdAt' | 'startedAt'
>;

/** What recovery and cancelling need of a generation that isn't final: texts and prompts of many could be gigabytes. */
export type UnfinishedGeneration = Pick<Generation, 'id' | 'ownerId' | 'status' | 'attempt' | 'queuedAt'> & {
  /** Whether no person waits for it. */
  readonly isBackground: boolean;
};

/** The page key of an unfinished generation. */
export type ActivityKey = TimeKey;

/** Creates a generation that waits for a worker. */
export const queued = (
  start: Pick<
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
    Partial<Pick<Generation, 'fingerprint' | 'toolUse'>>,
): Generation => ({
  ...start,
  fingerprint: start.fingerprint ?? null,
  status: 'QUEUED',
  attempt: 1,
  thinking: null,
  finishReason: null,
  toolCalls: null,
  logprobs: null,
  usage: null,
  error: null,
  cached: false,
  queuedAt: start.createdAt,
  startedAt: null,
  finishedAt: null,
});

export type GenerationPatch = Partial<
  Pick<
    Generation,
    | 'status'
    | 'attempt'
    | 'continuedAttempts'
    | 'prompt'
    | 'thinking'
    | 'finishReason'
    | 'toolCalls'
    | 'toolUse'
    | 'logprobs'
    | 'usage'
    | 'error'
    | 'cached'
    | 'queuedAt'
    | 'startedAt'
    | 'finishedAt'
  >
>;
