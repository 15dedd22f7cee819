import { type CacheKeyInput, cacheKeyOf, isRepeatable } from './key.ts';

const input: CacheKeyInput = {
  scope: 'a user',
  digest: 'abc',
  messages: [{ role: 'user', content: 'What is 2+2?' }],
  options: { temperature: 0, maxTokens: 10 },
  format: null,
  tools: [],
};

describe('the cache key', () => {
  it('does not depend on the order of the options', () => {
    expect(cacheKeyOf({ ...input, options: { maxTokens: 10, temperature: 0 } })).toBe(cacheKeyOf(input));
  });

  it.each<Partial<CacheKeyInput>>([
    { scope: 'another user' },
    { digest: 'abd' },
    { messages: [...input.messages, { role: 'assistant', content: '4' }] },
    { messages: [{ role: 'system', content: 'What is 2+2?' }] },
    { options: { temperature: 0 } },
    { options: { temperature: 0, maxTokens: 10, seed: 0 } },
    { format: 'json' },
    { think: false },
    { think: 'low' },
    { tools: [{ name: 'add', description: 'Adds.', parameters: {} }] },
  ])('changes with %j', (other) => {
    expect(cacheKeyOf({ ...input, ...other })).not.toBe(cacheKeyOf(input));
  });

  it('is used by default if the options make an answer repeatable', () => {
    expect([{ temperature: 0 }, { seed: 0 }, { temperature: 1, seed: 7 }].map(isRepeatable)).toEqual([
      true,
      true,
      true,
    ]);
    expect([{}, { temperature: 0.1 }].map(isRepeatable)).toEqual([false, false]);
  });
});
