import { readOptions, readPrompt } from './chatOptions.ts';

const form = (fields: Readonly<Record<string, string>>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
};

describe('the options of a chat', () => {
  it('are those that were entered', () => {
    const entered = form({ temperature: '0', topP: ' 0.9 ', topK: '', seed: '7', stop: 'END\n\n# ' });
    expect(readOptions(entered, {})).toEqual({ temperature: 0, topP: 0.9, seed: 7, stop: ['END', '# '] });
  });

  it('are none in an empty form', () => {
    expect(readOptions(form({ temperature: '', stop: '\n' }), {})).toEqual({});
  });

  it('keep what no form shows', () => {
    const before = { contextLength: 4096, temperature: 1, stop: ['a'] };
    expect(readOptions(form({ topK: '3' }), before)).toEqual({ topK: 3, contextLength: 4096 });
  });
});

describe('the system prompt of a chat', () => {
  it('is the one that was entered, the inherited one, or none', () => {
    expect(readPrompt(form({ systemPrompt: ' Be loud. ' }))).toBe('Be loud.');
    expect(readPrompt(form({ systemPrompt: ' ' }))).toBeNull();
    expect(readPrompt(form({ noSystemPrompt: 'on' }))).toBe('');
  });
});
