import { builder } from '../../graph/builder.ts';
import type { GenerationOptions } from '../conversation.ts';
import { maxStopLength, maxStops, optionRanges } from '../options.ts';

const range = (name: keyof typeof optionRanges) => {
  const [min, max] = optionRanges[name];
  return { min, max };
};

const descriptions = {
  temperature: 'The sampling temperature, from 0 to 2. At 0 the same prompt produces the same answer.',
  topP: 'Nucleus sampling: considers the most likely tokens whose probabilities add up to this, from 0 to 1.',
  topK: 'Considers only this many of the most likely tokens, from 0 to 1000. 0: all tokens.',
  seed: 'The random seed. The same seed, prompt and options produce the same answer.',
  maxTokens: 'The maximum number of tokens of the answer.',
  contextLength:
    "The context in tokens, for models of Ollama. Omitted: the model's usual one. At most `CONTEXT_LIMIT`; more is ignored.",
  stop: 'Stop sequences: the answer ends before the first of them.',
};

export const GenerationOptionsRef = builder.objectRef<GenerationOptions>('GenerationOptions').implement({
  description: "Sampling options. Null means the model's default.",
  fields: (t) => ({
    temperature: t.exposeFloat('temperature', { nullable: true, description: descriptions.temperature }),
    topP: t.exposeFloat('topP', { nullable: true, description: descriptions.topP }),
    topK: t.exposeInt('topK', { nullable: true, description: descriptions.topK }),
    seed: t.exposeInt('seed', { nullable: true, description: descriptions.seed }),
    maxTokens: t.exposeInt('maxTokens', { nullable: true, description: descriptions.maxTokens }),
    contextLength: t.exposeInt('contextLength', {
      nullable: true,
      description: descriptions.contextLength,
    }),
    stop: t.stringList({
      nullable: true,
      description: descriptions.stop,
      resolve: ({ stop }) => (stop ? [...stop] : null),
    }),
  }),
});

export const GenerationOptionsInput = builder.inputType('GenerationOptionsInput', {
  description: "Sampling options. An omitted one is the conversation's, or else the model's default.",
  fields: (t) => ({
    temperature: t.float({ description: descriptions.temperature, bounds: range('temperature') }),
    topP: t.float({ description: descriptions.topP, bounds: range('topP') }),
    topK: t.int({ description: descriptions.topK, bounds: range('topK') }),
    seed: t.int({ description: descriptions.seed, bounds: range('seed') }),
    maxTokens: t.int({ description: descriptions.maxTokens, bounds: range('maxTokens') }),
    contextLength: t.int({
      description: descriptions.contextLength,
      bounds: range('contextLength'),
    }),
    stop: t.stringList({
      description: descriptions.stop,
      bounds: { maxItems: maxStops, maxLength: maxStopLength },
    }),
  }),
});

/** Returns the options without null fields, which mean the same as omitted ones. */
export const toOptions = (input: typeof GenerationOptionsInput.$inferInput): GenerationOptions =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined));
