import { maxMessageLength, readTextFiles } from './textFiles.ts';

/** jsdom's files can't be read as text. */
const file = (name: string, content: string): File => {
  const made = new File([content], name);
  return Object.assign(made, { text: async () => content });
};

describe('files added to a message', () => {
  it('become code blocks under their names', async () => {
    const { text, problem } = await readTextFiles([file('a.ts', 'let a;\n'), file('notes', 'uses ``` too')]);
    expect(problem).toBeNull();
    expect(text).toBe('a.ts:\n\n```ts\nlet a;\n```\n\n\nnotes:\n\n````\nuses ``` too\n````\n');
  });

  it.each([
    [file('photo.png', '\ufffdPNG\0'), '“photo.png” is not a text file.'],
    [file('big.txt', 'x'.repeat(maxMessageLength + 1)), '“big.txt” is too large.'],
  ])('are left out with the reason: %#', async (left, reason) => {
    const { text, problem } = await readTextFiles([left, file('b.txt', 'b')]);
    expect(text).toContain('b.txt');
    expect(problem).toContain(reason);
  });
});
