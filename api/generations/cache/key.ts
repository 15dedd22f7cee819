import { createHash } from 'node:crypto';
import type { GenerationOptions } from '../../conversations/conversation.ts';
import type { EngineFormat, EngineMessage, EngineTool } from '../../engine/engine.ts';

/** `PREFER`: a stored answer where there is one. `REFRESH`: a new one, which is stored. `BYPASS`: neither. */
export type CachePolicy = 'PREFER' | 'REFRESH' | 'BYPASS';

/** Whether the same question is meant to give the same answer. */
export const isRepeatable = ({ temperature, seed }: GenerationOptions): boolean =>
  temperature === 0 || (seed !== undefined && seed !== null);

export interface Asked {
  /** Whose answers these are: a user's id, or one value for all. */
  readonly scope: string;
  /** Of the model's content: a model that was pulled anew under its name is another one. */
  readonly digest: string;
  readonly messages: readonly EngineMessage[];
  readonly options: GenerationOptions;
  readonly format: EngineFormat | null;
  readonly tools: readonly EngineTool[];
}

/** SHA-256 of all that an answer depends on, in hexadecimal. */
export const cacheKeyOf = ({ scope, digest, messages, options, format, tools }: Asked): string => {
  const chosen = Object.entries(options)
    .filter(([, value]) => value !== null && value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const asked = JSON.stringify([scope, digest, messages, chosen, format, tools]);
  return createHash('sha256').update(asked).digest('hex');
};
