import { z } from 'zod';
import { every, isWebUrl, list, variable, wholeNumber } from './variable.ts';

/** What answers. */
export const engineVariables = {
  OLLAMA_URL: variable({
    schema: z
      .string()
      .refine((text) => text === 'embedded' || every(isWebUrl)(text), 'give http://host:port, or embedded')
      .transform((text) => (text === 'embedded' ? ('embedded' as const) : list(text)))
      .nullable()
      .default(null),
    default: 'a local Ollama if one answers, else the embedded engine',
    meaning:
      'the address of Ollama, or several by comma, which share the work; `embedded` forces the embedded engine',
  }),
  OLLAMA_NUM_PARALLEL: variable({
    schema: wholeNumber(1, 64, '').default(4),
    default: '`4`',
    meaning:
      'how many answers the engine computes side by side, each Ollama where there are several; the same as Ollama itself is set to',
  }),
  MODEL_PATH: variable({
    schema: z.string().nullable().default(null),
    default: 'SmolLM2-135M-Instruct, found or downloaded',
    meaning: "the embedded engine's model, a GGUF file",
  }),
  DEFAULT_MODEL: variable({
    schema: z.string().nullable().default(null),
    default: 'the first installed of `llama3.2`, then any',
    meaning: 'the model that answers when none is asked for',
  }),
  MODEL_FALLBACK: variable({
    schema: z.string().nullable().default(null),
    default: 'the model at hand with the embedded engine, else none',
    meaning:
      'the model that answers for `llama3.2`, `mistral` and `codellama:7b` where they are not installed',
  }),
} as const;
