import { GenerationOptionsInput, toOptions } from '../../conversations/graph/generationOptions.ts';
import { conversationLimits } from '../../conversations/service.ts';
import { maxLengths } from '../../graph/bounds/bounds.ts';
import { builder } from '../../graph/builder.ts';
import { maxKeyLength } from '../request/checks.ts';
import { maxPromptLength } from '../request/prompt.ts';
import type { AnswerInput } from '../request/startAnswer.ts';

const CachePolicyRef = builder.enumType('CachePolicy', {
  description:
    'Whether an answer may be one that was computed before, for the same question, options and model.',
  values: {
    PREFER: { description: 'A stored answer where there is one, at once; else a new one, which is stored.' },
    REFRESH: { description: 'A new answer, which is stored.' },
    BYPASS: { description: 'A new answer, which is not stored.' },
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
      "A model's name; `llama3.2` means `llama3.2:latest`. None: the conversation's, else the default.",
    bounds: answerBounds.model,
  },
  options: { type: GenerationOptionsInput, description: 'How to sample it.' },
  cache: {
    type: CachePolicyRef,
    description:
      'Whether a stored answer will do. None: where temperature is 0 or there is a seed, a stored one for a prompt, and a new one that is stored for `regenerate`; else neither.',
  },
  idempotencyKey: {
    description:
      'The same request with the same key makes one generation, whatever the network does. Another request with this key is refused (`CONFLICT`).',
    bounds: { maxLength: maxKeyLength },
  },
  clientMutationId: {
    description: 'Comes back in the payload as it is.',
    bounds: { maxLength: maxLengths.clientMutationId },
  },
} as const;

interface AnswerFields {
  readonly model?: string | null;
  readonly options?: typeof GenerationOptionsInput.$inferInput | null;
  readonly cache?: typeof CachePolicyRef.$inferType | null;
  readonly idempotencyKey?: string | null;
}

/** Returns what the service takes for the fields that the three inputs share. */
export const toAnswer = ({ model, options, cache, idempotencyKey }: AnswerFields): AnswerInput => ({
  model: model ?? null,
  options: options ? toOptions(options) : null,
  idempotencyKey: idempotencyKey ?? null,
  cache: cache ?? null,
});
