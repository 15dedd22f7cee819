import { GenerationOptionsInput, toOptions } from '../../conversations/graph/generationOptions.ts';
import { conversationLimits } from '../../conversations/service.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { toolLimits } from '../../tools/tool.ts';
import { maxPromptLength } from '../prompt.ts';
import { maxKeyLength } from '../request/checks.ts';
import type { AnswerInput } from '../request/start.ts';

const CachePolicyRef = builder.enumType('CachePolicy', {
  description: 'How a request uses the response cache, which stores answers by prompt, options and model.',
  values: {
    PREFER: {
      description: 'Returns the cached answer if there is one; otherwise generates an answer and caches it.',
    },
    REFRESH: { description: 'Generates an answer and caches it.' },
    BYPASS: { description: 'Generates an answer without reading or writing the cache.' },
  },
});

export const answerBounds = {
  prompt: { maxLength: maxPromptLength, isPrompt: true },
  model: { maxLength: conversationLimits.model },
} as const;

/** The options of the input fields that `generate`, `regenerate` and `editMessage` share. */
export const answerFields = {
  model: {
    description:
      "The name of the model; `llama3.2` means `llama3.2:latest`. Omitted: the conversation's model, or else the default model.",
    bounds: answerBounds.model,
  },
  options: { type: GenerationOptionsInput, description: 'The sampling options.' },
  cache: {
    type: CachePolicyRef,
    description:
      'How to use the response cache. Omitted: deterministic requests (temperature 0, or a seed) use `PREFER`, or `REFRESH` for `regenerate`; other requests use `BYPASS`.',
  },
  idempotencyKey: {
    description:
      'An idempotency key: repeating a request with the same key returns the same generation. `CONFLICT` if the key was used for a different request.',
    bounds: { maxLength: maxKeyLength },
  },
  tools: {
    description:
      'The names of the tools that the model may call (`Query.tools`), which this server then runs. Needs a model with the capability `tools`. Omitted: none; for `regenerate`, those of the previous answer.',
    bounds: { maxItems: toolLimits.tools, maxLength: toolLimits.name },
  },
  clientMutationId: {
    description: 'Any value; the payload returns it unchanged.',
    bounds: { maxLength: maxLengths.clientMutationId },
  },
} as const;

interface AnswerFields {
  readonly model?: string | null;
  readonly options?: typeof GenerationOptionsInput.$inferInput | null;
  readonly cache?: typeof CachePolicyRef.$inferType | null;
  readonly idempotencyKey?: string | null;
  readonly tools?: readonly string[] | null;
}

/** Returns what the service takes for the fields that the inputs share. */
export const toAnswer = ({ model, options, cache, idempotencyKey, tools }: AnswerFields): AnswerInput => ({
  model: model ?? null,
  options: options ? toOptions(options) : null,
  idempotencyKey: idempotencyKey ?? null,
  cache: cache ?? null,
  ...(tools && { tools }),
});
