import { z } from 'zod';
import { every, list, variable, wholeNumber } from './variable.ts';

const isModelPattern = (text: string): boolean => /^[\w.*-]+(?:[:/][\w.*-]+)*$/.test(text);

/** How answers are made. */
export const generationVariables = {
  MODELS_ALLOWED: variable({
    schema: z
      .string()
      .refine(every(isModelPattern), 'give names of models by comma, such as llama3.2,qwen3:*')
      .transform(list)
      .nullable()
      .default(null),
    default: 'all that are installed',
    meaning:
      'the models that people see, may ask and administrators may fetch, by comma; a name without a tag means all its tags, `*` any characters but `/`',
  }),
  FLUSH_MS: variable({
    schema: wholeNumber(0, 1000, ' (milliseconds)').default(16),
    default: '`16`',
    meaning: 'how long the tokens of an answer are gathered before they are sent, in milliseconds',
  }),
  DRAIN_S: variable({
    schema: wholeNumber(0, 3600, ' (seconds)').default(30),
    default: '`30`',
    meaning: 'how long running answers may go on when it is told to stop, in seconds',
  }),
  ENGINE_TIMEOUT_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(120),
    default: '`120`',
    meaning: 'how long the engine may be silent before an answer fails, in seconds',
  }),
  QUEUE_TTL_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(600),
    default: '`600`',
    meaning: 'how long a generation may wait in the queue, in seconds',
  }),
} as const;
