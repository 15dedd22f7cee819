import type { TestApp } from '../../testing/app.testing.ts';

export const generate = '/api/llm/generate';
export const chat = '/api/llm/chat';
export const prompt = 'What is 2+2?';
export const messages = [{ role: 'user', content: prompt }];

/** Resolves to the parsed lines of a stream once it has ended. */
export const linesOf = async (response: Response): Promise<Record<string, unknown>[]> =>
  (await response.text())
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Expects that the last completion left no text in the store, no conversation and no subscription. */
export const expectNothingKept = async (test: TestApp): Promise<void> => {
  const generation = await test.lastGeneration();
  expect(generation).toMatchObject({ prompt: null, thinking: null, conversationId: null });
  const page = { direction: 'forward', size: 10, after: null, before: null } as const;
  const everything = { archived: false, tag: null, search: null };
  const { items } = await test.stores.conversations.page(generation?.ownerId ?? '', page, everything);
  expect(items).toEqual([]);
  expect(test.app.openCounts().readers).toBe(0);
};
