import { createHash } from 'node:crypto';
import type { GenerationOptions } from '../../conversations/conversation.ts';
import type { EngineFormat, EngineMessage, EngineThinking, EngineTool } from '../../engine/engine.ts';

/** `PREFER`: use a cached answer, else store the new one. `REFRESH`: compute and store a new one. `BYPASS`: neither. */
export type CachePolicy = 'PREFER' | 'REFRESH' | 'BYPASS';

/** Returns whether the options make the same question give the same answer. */
export const isRepeatable = ({ temperature, seed }: GenerationOptions): boolean =>
  temperature === 0 || (seed !== undefined && seed !== null);

/** Everything that an answer depends on. */
export interface CacheKeyInput {
  /** The users who share the answer: a user's id, or one value for all users. */
  readonly scope: string;
  /** The digest of the model's content: pulling a model again may change it under the same name. */
  readonly digest: string;
  readonly messages: readonly EngineMessage[];
  readonly options: GenerationOptions;
  readonly format: EngineFormat | null;
  readonly tools: readonly EngineTool[];
  /** Absent: the model's default. */
  readonly think?: EngineThinking | undefined;
}

/** Returns the SHA-256 of the input, in hexadecimal. */
export const cacheKeyOf = (given: CacheKeyInput): string => {
  const { scope, digest, messages, options, format, tools, think } = given;
  const chosen = Object.entries(options)
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const input = JSON.stringify([scope, digest, messages, chosen, format, tools, think]);
  return createHash('sha256').update(input).digest('hex');
};
