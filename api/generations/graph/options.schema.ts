import type { GenerationOptions } from '../../conversations/conversation.ts';
import { maxStopLength, maxStops, optionRanges } from '../../conversations/options.ts';
import { builder } from '../../graph/builder.ts';

const range = (name: keyof typeof optionRanges) => {
  const [min, max] = optionRanges[name];
  return { min, max };
};

const descriptions = {
  temperature: 'How freely it chooses, 0 to 2. 0: the same question gives the same answer.',
  topP: 'Chooses among the likeliest tokens that together have this probability, 0 to 1.',
  topK: 'Chooses among so many of the likeliest tokens, 0 to 1000. 0: all.',
  seed: 'The same seed, question and options give the same answer.',
  maxTokens: 'The most tokens that the answer may have.',
  stop: 'The answer ends before the first of these.',
};

export const GenerationOptionsRef = builder.objectRef<GenerationOptions>('GenerationOptions').implement({
  description: "How an answer is sampled. What is null is the model's own default.",
  fields: (t) => ({
    temperature: t.exposeFloat('temperature', { nullable: true, description: descriptions.temperature }),
    topP: t.exposeFloat('topP', { nullable: true, description: descriptions.topP }),
    topK: t.exposeInt('topK', { nullable: true, description: descriptions.topK }),
    seed: t.exposeInt('seed', { nullable: true, description: descriptions.seed }),
    maxTokens: t.exposeInt('maxTokens', { nullable: true, description: descriptions.maxTokens }),
    stop: t.stringList({
      nullable: true,
      description: descriptions.stop,
      resolve: ({ stop }) => (stop ? [...stop] : null),
    }),
  }),
});

export const GenerationOptionsInput = builder.inputType('GenerationOptionsInput', {
  description: "How to sample an answer. What is absent is the conversation's, or the model's own default.",
  fields: (t) => ({
    temperature: t.float({ description: descriptions.temperature, bounds: range('temperature') }),
    topP: t.float({ description: descriptions.topP, bounds: range('topP') }),
    topK: t.int({ description: descriptions.topK, bounds: range('topK') }),
    seed: t.int({ description: descriptions.seed, bounds: range('seed') }),
    maxTokens: t.int({ description: descriptions.maxTokens, bounds: range('maxTokens') }),
    stop: t.stringList({
      description: descriptions.stop,
      bounds: { maxItems: maxStops, maxLength: maxStopLength },
    }),
  }),
});

/** Without the fields that are null: to GraphQL they are absent. */
export const toOptions = (input: typeof GenerationOptionsInput.$inferInput): GenerationOptions =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined));
