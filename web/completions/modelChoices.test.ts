import { firstChoice, othersOf } from './modelChoices.ts';

describe('the models to choose from', () => {
  it('are the three fixed models and the other installed ones', () => {
    const installed = ['mistral:latest', 'codellama:7b', 'qwen3:8b'];
    expect(othersOf(installed)).toEqual([{ name: 'qwen3:8b', label: 'qwen3:8b' }]);
  });

  it.each([
    ['the first of the three if it is installed', ['qwen3:8b', 'llama3.2:latest'], false, 'llama3.2'],
    ['the first of the three with the embedded engine', ['smollm2:135m'], true, 'llama3.2'],
    ['the default if only that is certain to answer', ['qwen3:8b', 'phi4:14b'], false, 'phi4:14b'],
    ['the first of the three if no model is installed', [], false, 'llama3.2'],
  ])('begin with %s', (_what, names, isEmbedded, expected) => {
    const installed = names.map((name) => ({ name, isDefault: name === 'phi4:14b' }));
    expect(firstChoice(installed, isEmbedded)).toBe(expected);
  });
});
