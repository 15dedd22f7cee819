import { type CacheKeyInput, cacheKeyOf, isRepeatable } from './key.ts';

const asked: CacheKeyInput = {
  scope: 'a user',
  digest: 'abc',
  messages: [{ role: 'user', content: 'What is 2+2?' }],
  options: { temperature: 0, maxTokens: 10 },
  format: null,
  tools: [],
};

describe('the key of an answer', () => {
  it('is the same for the same question, however its options are ordered', () => {
    expect(cacheKeyOf({ ...asked, options: { maxTokens: 10, temperature: 0 } })).toBe(cacheKeyOf(asked));
  });

  it.each<Partial<CacheKeyInput>>([
    { scope: 'another user' },
    { digest: 'abd' },
    { messages: [...asked.messages, { role: 'assistant', content: '4' }] },
    { messages: [{ role: 'system', content: 'What is 2+2?' }] },
    { options: { temperature: 0 } },
    { options: { temperature: 0, maxTokens: 10, seed: 0 } },
    { format: 'json' },
    { tools: [{ name: 'add', description: 'Adds.', parameters: {} }] },
  ])('is another one with %j', (other) => {
    expect(cacheKeyOf({ ...asked, ...other })).not.toBe(cacheKeyOf(asked));
  });

  it('is asked for where the same question is meant to give the same answer', () => {
    expect([{ temperature: 0 }, { seed: 0 }, { temperature: 1, seed: 7 }].map(isRepeatable)).toEqual([
      true,
      true,
      true,
    ]);
    expect([{}, { temperature: 0.1 }].map(isRepeatable)).toEqual([false, false]);
  });
});
