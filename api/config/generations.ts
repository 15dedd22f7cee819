import { z } from 'zod';
import { every, list, onOrOff, variable, wholeNumber } from './variable.ts';

const isModelPattern = (text: string): boolean => /^[\w.*-]+(?:[:/][\w.*-]+)*$/.test(text);

/** Which models answer, with which tools, and how long the steps of an answer may take. */
export const generationVariables = {
  MODELS_ALLOWED: variable({
    schema: z
      .string()
      .refine(every(isModelPattern), 'give names of models separated by commas, such as llama3.2,qwen3:*')
      .transform(list)
      .nullable()
      .default(null),
    default: 'all installed models',
    meaning:
      'the models that users see and use, and that administrators may pull, separated by commas; a name without a tag allows all its tags, `*` matches any characters but `/`',
  }),
  FLUSH_MS: variable({
    schema: wholeNumber(0, 1000, ' (milliseconds)').default(16),
    default: '`16`',
    meaning: 'how long the tokens of an answer are collected before they are sent, in milliseconds',
  }),
  DRAIN_S: variable({
    schema: wholeNumber(0, 3600, ' (seconds)').default(30),
    default: '`30`',
    meaning: 'how long running answers may continue after SIGTERM or SIGINT, in seconds',
  }),
  TITLES: variable({
    schema: onOrOff.default(true),
    default: '`on`',
    meaning:
      '`on`: the model writes the title of a conversation after its first answer, while no generation waits or runs; it counts against no quota. `off`: the title is the beginning of the first prompt',
  }),
  TOOLS_FILE: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning:
      'the path of a YAML or JSON file with the tools that models may call for users: operations of the graph, and tools of MCP servers; see [tools](tools.md)',
  }),
  ENGINE_TIMEOUT_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(120),
    default: '`120`',
    meaning: 'how long the engine may send nothing between two tokens before an answer fails, in seconds',
  }),
  QUEUE_TTL_S: variable({
    schema: wholeNumber(1, 86_400, ' (seconds)').default(600),
    default: '`600`',
    meaning:
      'how long a generation may wait in the queue, in seconds; those of batches wait until the batch ends',
  }),
} as const;
