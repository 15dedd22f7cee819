import { candidatesOf, slashCommandOf } from './slash.ts';

const presets = ['code-review', 'error-explanation', 'review-mail'].map((name) => ({ name }));
const namesFor = (message: string) => {
  const command = slashCommandOf(message);
  return command && candidatesOf(command, presets).map(({ name }) => name);
};

describe('a slash command', () => {
  it('is a slash and a name at the start of a message', () => {
    expect(slashCommandOf('/')).toEqual({ name: '', text: null });
    expect(slashCommandOf('/code-review\nconst x;\nconst y;')).toEqual({
      name: 'code-review',
      text: 'const x;\nconst y;',
    });
    for (const message of ['', 'a /code', '/ text', '/usr/bin', '/Code', '//']) {
      expect(slashCommandOf(message)).toBeNull();
    }
  });

  it('offers presets whose name has the typed text, first those that begin with it', () => {
    expect(namesFor('/')).toHaveLength(3);
    expect(namesFor('/review')).toEqual(['review-mail', 'code-review']);
    expect(namesFor('/review x')).toEqual([]);
    expect(namesFor('/code-review x')).toEqual(['code-review']);
  });
});
