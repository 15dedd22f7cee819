import { z } from 'zod';
import type { CompletionInput } from '../../../generations/request/completion.ts';
import { maxTokens, modelName, only, textOnly } from '../completionFields.ts';
import type { CompletionShape } from '../completions.ts';
import { type ChoiceChunk, type Choices, repeated } from './openaiChoices.ts';
import { openaiErrorOf } from './openaiErrors.ts';
import { textLogprobs, textLogprobsOf } from './openaiLogprobs.ts';
import { choiceCount, maxChoices, optionsOf, samplingFields, streamOptions } from './openaiRequests.ts';
import {
  eventOf,
  eventStream,
  model,
  openaiUsage,
  seconds,
  secondsOf,
  usageOfAll,
} from './openaiResponses.ts';

// OpenAI's older completions: a prompt instead of messages. Like Ollama, the prompt becomes a message of the user.

export const textCompletionRequest = z
  .object({
    model: modelName.meta({ examples: ['llama3.2'] }),
    prompt: z
      .union([z.string(), z.array(textOnly()).min(1).max(maxChoices)])
      .describe('One prompt or several. Token ids are not supported.')
      .meta({ examples: ['What is 2+2?'] }),
    stream: z.boolean().nullish().describe('Whether to send the answer as server-sent events.'),
    stream_options: streamOptions,
    max_tokens: maxTokens.describe('The maximum tokens of the answer.'),
    ...samplingFields,
    n: choiceCount,
    best_of: z.int().min(1).max(maxChoices).nullish().describe('Only the value of `n`.'),
    suffix: z
      .string()
      .nullish()
      .describe('The text after a gap that the model fills; only for models with the capability `insert`.'),
    echo: only(false, 'is not supported here: put the prompt before the answer yourself'),
    logprobs: z
      .int()
      .min(0)
      .max(5)
      .nullish()
      .describe('How many likeliest tokens to report for each token; only for engines that have them.'),
    logit_bias: z
      .record(z.string(), z.number())
      .refine((biases) => Object.keys(biases).length === 0, 'is not supported here: leave it out')
      .nullish(),
  })
  .refine(({ n, best_of }) => (best_of ?? 1) <= (n ?? 1), {
    path: ['best_of'],
    error: 'must not be more than n: all answers are returned here',
  })
  .refine(({ n, prompt }) => (typeof prompt === 'string' ? 1 : prompt.length) * (n ?? 1) <= maxChoices, {
    path: ['n'],
    error: `times the number of prompts must be at most ${maxChoices}`,
  });

export type TextCompletionRequest = z.output<typeof textCompletionRequest>;

/** Returns an input for each answer: those to the first prompt, then those to the second, … */
export const textCompletionInputs = (request: TextCompletionRequest): readonly CompletionInput[] => {
  const prompts = typeof request.prompt === 'string' ? [request.prompt] : request.prompt;
  return prompts.flatMap((content) =>
    repeated(
      {
        model: request.model,
        messages: [{ role: 'user', content }],
        format: null,
        options: optionsOf(request, request.max_tokens),
        logprobs: request.logprobs ?? null,
        plain: request.suffix ? { suffix: request.suffix } : null,
      },
      request.n ?? 1,
    ),
  );
};

const finishReason = z.enum(['stop', 'length']);

const choice = z.object({
  text: z.string(),
  index: z.int(),
  logprobs: textLogprobs,
  finish_reason: finishReason.nullable(),
});

export const textCompletion = z.object({
  id: z.string(),
  object: z.literal('text_completion'),
  created: seconds,
  model,
  choices: z.array(choice),
  usage: openaiUsage.nullable().optional(),
});

type TextCompletion = z.infer<typeof textCompletion>;

export const textCompletionShape = (
  choices: Choices,
  { stream_options, prompt }: TextCompletionRequest,
): CompletionShape => {
  const includeUsage = stream_options?.include_usage ?? false;
  const { id, model: name, createdAt } = choices.generation;
  const head = {
    id: `cmpl-${id}`,
    object: 'text_completion',
    created: secondsOf(createdAt),
    model: name,
  } as const;
  const usage = () => usageOfAll(choices.answers, typeof prompt === 'string' ? 1 : prompt.length);
  const finishOf = (index: number) =>
    choices.answers[index]?.generation.finishReason === 'LENGTH' ? 'length' : 'stop';
  const event = (
    text: string,
    index: number,
    finish: z.infer<typeof finishReason> | null,
    logprobs: z.infer<typeof textLogprobs> = null,
  ) =>
    eventOf({
      ...head,
      choices: [{ text, index, logprobs, finish_reason: finish }],
      ...(includeUsage && { usage: null }),
    } satisfies TextCompletion);
  return {
    contentType: eventStream,
    whole: () =>
      ({
        ...head,
        choices: choices.answers.map(({ text, generation }, index) => ({
          text,
          index,
          logprobs: textLogprobsOf(generation.logprobs),
          finish_reason: finishOf(index),
        })),
        usage: usage(),
      }) satisfies TextCompletion,
    first: () => '',
    chunk: ({ text, choice: index = 0 }: ChoiceChunk) => (text === '' ? '' : event(text, index, null)),
    last: () => {
      const ends = choices.answers.map(({ generation }, index) =>
        event('', index, finishOf(index), textLogprobsOf(generation.logprobs)),
      );
      const counts = includeUsage
        ? eventOf({ ...head, choices: [], usage: usage() } satisfies TextCompletion)
        : '';
      return `${ends.join('')}${counts}data: [DONE]\n\n`;
    },
    failure: (failure) => eventOf(openaiErrorOf(failure)),
  };
};
