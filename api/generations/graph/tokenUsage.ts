import { builder } from '../../graph/builder.ts';
import type { TokenUsage } from '../generation.ts';

export const TokenUsageRef = builder.objectRef<TokenUsage>('TokenUsage').implement({
  description: 'What was used. Durations are in milliseconds, counts in tokens.',
  fields: (t) => ({
    promptTokens: t.exposeFloat('promptTokens', { description: 'What the model read.' }),
    completionTokens: t.exposeFloat('completionTokens', { description: 'What it wrote.' }),
    tokensPerSecond: t.exposeFloat('tokensPerSecond', {
      nullable: true,
      description: 'How fast it wrote.',
    }),
    timeToFirstToken: t.exposeFloat('timeToFirstTokenMs', {
      nullable: true,
      description: 'From the moment a worker took it to the first character, in milliseconds.',
    }),
    duration: t.exposeFloat('durationMs', {
      description: 'From the moment a worker took it to the end, in milliseconds.',
    }),
  }),
});
