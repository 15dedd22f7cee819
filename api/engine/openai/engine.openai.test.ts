import { describeAnswers } from '../engine.answers.contract.ts';
import { describeConcurrency } from '../engine.concurrency.contract.ts';
import { describeEngine } from '../engine.contract.ts';
import { describeCutTexts, describeEmbeddings } from '../engine.embeddings.contract.ts';
import { ask, read, testTimeoutMs } from '../engine.testing.ts';
import type { Engine } from '../engine.ts';
import { describeWithOllama, ollamaUrls } from '../ollama/ollama.testing.ts';
import { createOpenAIEngine } from './engine.openai.ts';
import { embeddingServers, openAIServers } from './openai.testing.ts';

const open = (url: string) => createOpenAIEngine({ url, timeoutMs: 60_000, slots: 2 });

for (const { url, model } of openAIServers) {
  describeEngine(`an OpenAI-compatible server at ${url}`, async () => ({ engine: open(url), model }), false);
}

for (const { url, model } of embeddingServers) {
  describe(`an OpenAI-compatible server for embeddings at ${url}`, () => {
    let engine: Engine;
    beforeAll(() => {
      engine = open(url);
    });
    afterAll(() => engine.close());
    describeEmbeddings(() => ({ engine, model }));
    describeCutTexts(() => ({ engine, model }));
  });
}

// Its API of OpenAI names no context and cuts prompts silently, so that the rest of the contract can't hold.
describeWithOllama("the API of OpenAI of Ollama's", () => {
  const url = `${ollamaUrls[0]}/v1`;
  let engine: Engine;
  let model: string;
  beforeAll(async () => {
    engine = open(url);
    model = (await engine.models())[0]?.name ?? '';
    await read(engine, { model, messages: ask('Hi.'), options: { maxTokens: 1 } });
  }, testTimeoutMs);
  afterAll(() => engine.close());

  describeAnswers(() => ({ engine, model }));
  describeConcurrency(
    () => ({ engine, model }),
    async () => ({ engine: open(url), model }),
  );
});
