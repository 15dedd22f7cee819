import { builder } from '../../graph/builder.ts';
import type { TokenUsage } from '../generation.ts';

export const TokenUsageRef = builder.objectRef<TokenUsage>('TokenUsage').implement({
  description: 'The token usage and the duration of a generation.',
  fields: (t) => ({
    promptTokens: t.exposeFloat('promptTokens', { description: 'The number of tokens of the prompt.' }),
    completionTokens: t.exposeFloat('completionTokens', {
      description: 'The number of tokens of the answer.',
    }),
    tokensPerSecond: t.exposeFloat('tokensPerSecond', {
      nullable: true,
      description: 'The generation speed, in tokens per second.',
    }),
    timeToFirstToken: t.exposeFloat('timeToFirstTokenMs', {
      nullable: true,
      description: 'The time from the start by a worker to the first token, in milliseconds.',
    }),
    duration: t.exposeFloat('durationMs', {
      description: 'The time from the start by a worker to the end, in milliseconds.',
    }),
  }),
});
