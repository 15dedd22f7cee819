import { z } from 'zod';
import { every, isWebUrl, list, variable, wholeNumber } from './variable.ts';

/** The engine and its models. */
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
      'the URL of Ollama, or several separated by commas, which share the load; `embedded` forces the embedded engine',
  }),
  OLLAMA_NUM_PARALLEL: variable({
    schema: wholeNumber(1, 64, '').default(4),
    default: '`4`',
    meaning: 'how many answers each engine computes in parallel; use the value that Ollama itself is set to',
  }),
  MODEL_PATH: variable({
    schema: z.string().nullable().default(null),
    default: 'SmolLM2-135M-Instruct, downloaded if it is not found',
    meaning: "the embedded engine's model, a GGUF file",
  }),
  DEFAULT_MODEL: variable({
    schema: z.string().nullable().default(null),
    default: 'the first installed of `llama3.2`, then any',
    meaning: 'the model for requests that name none',
  }),
  MODEL_FALLBACK: variable({
    schema: z.string().nullable().default(null),
    default: "the embedded engine's model; none with Ollama",
    meaning: 'the model that answers for `llama3.2`, `mistral` and `codellama:7b` if they are not installed',
  }),
} as const;
