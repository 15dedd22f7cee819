import type { FailureCode } from '../errors/failures.ts';
import type { PresetDefinition } from '../presets/preset.ts';

/**
 * `PREPARING`: its inputs are being stored. `RUNNING`: its inputs run while no person waits. The others are final:
 * `COMPLETED`: each input has a result or an error. `FAILED`: it was stopped, `error` says why. `EXPIRED`: it took too long.
 */
export const batchStatuses = ['PREPARING', 'RUNNING', 'COMPLETED', 'CANCELLED', 'FAILED', 'EXPIRED'] as const;

export type BatchStatus = (typeof batchStatuses)[number];

export const isOpen = (status: BatchStatus): boolean => status === 'PREPARING' || status === 'RUNNING';

/** `CANCELLED`: the batch ended before the input ran to its end. */
export const batchItemStatuses = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

export type BatchItemStatus = (typeof batchItemStatuses)[number];

export interface BatchError {
  readonly code: FailureCode;
  readonly message: string;
}

/** The preset or the endpoint that each input is for. The preset is copied: its later change or deletion has no effect. */
export type BatchWork =
  | {
      readonly kind: 'PRESET';
      readonly presetId: string;
      readonly version: number;
      readonly definition: PresetDefinition;
    }
  | {
      readonly kind: 'OPENAI';
      readonly endpoint: OpenAIEndpoint;
      /** The id of the uploaded file, which may be deleted by now. */
      readonly fileId: string;
      readonly metadata: Readonly<Record<string, string>> | null;
    };

/** The endpoints of OpenAI's API whose requests a batch may have. */
export const openaiEndpoints = ['/v1/chat/completions'] as const;

export type OpenAIEndpoint = (typeof openaiEndpoints)[number];

/** Many inputs that run in the background. */
export interface Batch {
  /** A ULID. With an idempotency key, a hash of it in the form of a ULID. */
  readonly id: string;
  readonly ownerId: string;
  /** The API key that started it; null: a session. If the key ends, so does the batch. */
  readonly apiKeyId: string | null;
  /** A hash of its inputs and its work: the same idempotency key must come with the same ones. */
  readonly fingerprint: string;
  readonly work: BatchWork;
  /** The requested model; null: the default of the work. */
  readonly model: string | null;
  readonly status: BatchStatus;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  /** Prompts and answers together, as estimated before the start. */
  readonly estimatedTokens: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Why it failed, or why it waits until `resumesAt`. */
  readonly error: BatchError | null;
  /** Null: it isn't paused. */
  readonly resumesAt: Date | null;
  /** When one of its inputs was claimed last, for a fair order between users. */
  readonly servedAt: Date;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
}

/** An input as a caller gives it. */
export interface BatchInput {
  /** Identifies the input in the batch. */
  readonly key: string;
  /** The variables of the preset, or the body of the request. JSON. */
  readonly input: unknown;
}

/** An input as it is stored, as text: thousands of parsed ones would take several times the memory. */
export interface BatchInputText extends Pick<BatchInput, 'key'> {
  /** The input as JSON. */
  readonly json: string;
}

/** One input of a batch, with its result. */
export interface BatchItem extends BatchInput {
  /** The batch and the number, so that lists by id are in the order of the inputs. */
  readonly id: string;
  readonly batchId: string;
  readonly ownerId: string;
  /** Its place among the inputs, from 1. */
  readonly number: number;
  readonly status: BatchItemStatus;
  /** Incremented by each claim. A runner whose claim was lost changes nothing. */
  readonly attempt: number;
  /** How often it failed for a reason that may be its own, such as an error of the model. */
  readonly failures: number;
  /** How many runners stopped without a word while they ran it. */
  readonly crashes: number;
  /** Of a preset, its result; of a request, the response. JSON; null: none. */
  readonly result: unknown;
  /** The text of the model. */
  readonly text: string;
  readonly error: BatchError | null;
  /** The model that answered; null: none did. */
  readonly model: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** The result or the error of an input, and its tokens. */
export type BatchOutcome = Pick<
  BatchItem,
  'result' | 'text' | 'error' | 'model' | 'promptTokens' | 'completionTokens'
>;

/** Maximum UTF-16 units, and other bounds. */
export const batchLimits = {
  inputs: 10_000,
  /** Bytes of one input as JSON. */
  inputBytes: 262_144,
  /** Bytes of all inputs of a batch as JSON, and of an uploaded file. */
  bytes: 33_554_432,
  key: 512,
  idempotencyKey: 200,
  /** Bytes of a result as JSON, and of a text; a larger one fails. */
  resultBytes: 524_288,
  /** Unfinished batches of a user. */
  open: 10,
  /** The maximum number of a user's batches, ended ones included, for the start of another batch of a preset. */
  kept: 100,
  /** Inputs in one GraphQL request; more come as a file. */
  inline: 1_000,
} as const;

const dayMs = 24 * 60 * 60_000;

/** A batch of a preset ends after this time, in ms. */
export const maxBatchMs = 7 * dayMs;

/** A batch of OpenAI's API ends after its only completion window, `24h`. */
export const maxOpenAIBatchMs = dayMs;

/** A batch is deleted this long after its end, in ms. */
export const keptMs = 30 * dayMs;

/** A batch whose inputs aren't stored after this time was interrupted, in ms. */
export const maxPreparingMs = 10 * 60_000;

export const itemIdOf = (batchId: string, number: number): string =>
  `${batchId}-${String(number).padStart(5, '0')}`;

/** Returns the item with the status that it has by now: inputs of an ended batch that didn't run are cancelled. */
export const itemAt = (item: BatchItem, { status }: Pick<Batch, 'status'>): BatchItem =>
  !isOpen(status) && (item.status === 'PENDING' || item.status === 'RUNNING')
    ? { ...item, status: 'CANCELLED' }
    : item;
