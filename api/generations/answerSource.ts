import type { FinishReason, Generation, TokenUsage } from './generation.ts';

/** Text and thinking: of an answer so far, or of one chunk of it. Either may be empty. */
export interface AnswerText {
  readonly text: string;
  readonly thinking: string;
}

/** The maximum length of a short chunk, in UTF-16 code units. */
export const shortChunk = 16 * 1024;

/** Receives the answer of a running generation. Both methods throw `Superseded` once another worker has the generation. */
export interface Output {
  /** Adds a chunk. Waits while the journal is slow. */
  add(chunk: AnswerText): Promise<void>;
  /** Whether `add` would neither wait nor throw for a chunk of up to `shortChunk`. */
  readonly hasRoom: boolean;
  /** Adds a chunk of up to `shortChunk`. Only while there is room. */
  addNow(chunk: AnswerText): void;
  /** Waits until all chunks are in the journal. */
  finish(): Promise<void>;
  /** The answer so far, including the text of earlier attempts. */
  readonly written: AnswerText;
}

/** The result of an answer that is complete. */
export interface AnswerResult {
  readonly finishReason: FinishReason;
  readonly toolCalls: Generation['toolCalls'];
  readonly logprobs?: Generation['logprobs'];
  readonly cached: boolean;
  readonly usage: TokenUsage;
}

/**
 * Produces an answer: the engine, the response cache or another generation. Writes the chunks to `output` and returns the
 * result. Throws if the answer ends early.
 */
export type AnswerSource = (
  generation: Generation,
  output: Output,
  signal: AbortSignal,
) => Promise<AnswerResult>;

/** Thrown by a source that can't give the whole answer: the engine has to continue from the text so far. */
export class NeedsEngine extends Error {}
