import { z } from 'zod';
import { temperature } from '../completionFields.ts';
import { chatFields, chatMessage, generateFields, streamField } from '../ollama/ollamaRequests.ts';

// The requests of `/api/llm`: those of Ollama's API, with the temperature at the top level and with other defaults.

/** The temperature of requests that state none. */
const defaultTemperature = 0.7;

const topLevel = {
  stream: streamField(false),
  temperature: temperature
    .meta({ default: defaultTemperature })
    .describe('Overrides the one in `options`. At 0, the same request gets the same answer.'),
};

export const llmGenerateRequest = z.object({
  ...generateFields,
  ...topLevel,
  prompt: z
    .string()
    .refine((text) => text.trim() !== '', 'is empty: write a prompt')
    .meta({ examples: ['What is 2+2?'] }),
});

export const llmChatRequest = z.object({
  ...chatFields,
  ...topLevel,
  messages: z
    .array(chatMessage)
    .min(1)
    .max(10_000)
    .superRefine((messages, context) => {
      const last = messages.at(-1);
      if (last?.content.trim() !== '' || last.images?.length || last.role === 'tool') return;
      const path = [messages.length - 1, 'content'];
      context.addIssue({
        code: 'custom',
        path,
        message: 'is empty: write something for the model to answer',
      });
    })
    .describe('Oldest first.')
    .meta({ examples: [[{ role: 'user', content: 'What is 2+2?' }]] }),
});

interface WithTemperature {
  readonly temperature?: number | null | undefined;
  readonly options?: { readonly temperature?: number | null | undefined } | null | undefined;
}

/** Moves the temperature into the options. */
export const withTemperature = <Request extends WithTemperature>(request: Request): Request => ({
  ...request,
  options: {
    ...request.options,
    temperature: request.temperature ?? request.options?.temperature ?? defaultTemperature,
  },
});
