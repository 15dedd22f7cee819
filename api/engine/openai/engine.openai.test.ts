import { describeEngine } from '../engine.contract.ts';
import { createOpenAIEngine } from './engine.openai.ts';
import { describeWithOpenAI, openAIServers } from './openai.testing.ts';

describeWithOpenAI('an OpenAI-compatible server', () => {
  for (const { url, slots, model } of openAIServers) {
    describeEngine(`at ${url}`, async () => ({
      engine: createOpenAIEngine({ url, timeoutMs: 60_000, slots }),
      model,
    }));
  }
});
