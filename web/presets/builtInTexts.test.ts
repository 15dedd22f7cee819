import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { builtInTexts } from './builtInTexts.ts';
import { builtInTitles, presetTitle } from './presetTitles.ts';

const library = new URL('../../api/presets/library/', import.meta.url);

interface Definition {
  readonly title: string;
  readonly description: string;
  readonly variables: readonly {
    readonly label: string;
    readonly description?: string;
    readonly choices?: readonly string[];
  }[];
}

describe('the texts of the built-in presets', () => {
  it('can be translated, all that a person reads', async () => {
    const files = await readdir(library);
    const presets: readonly Definition[] = await Promise.all(
      files.map(async (file) => parse(await readFile(new URL(file, library), 'utf8'))),
    );
    expect(presets.map(({ title }) => title).sort()).toEqual(Object.keys(builtInTitles).sort());
    const others = presets.flatMap(({ description, variables }) => [
      description,
      ...variables.flatMap((variable) => [
        variable.label,
        variable.description ?? [],
        variable.choices ?? [],
      ]),
    ]);
    expect(Object.keys(builtInTexts).sort()).toEqual([...new Set(others.flat())].sort());
  });

  it('are left as they are in presets of people', () => {
    expect(presetTitle('Our own')).toBe('Our own');
    expect(presetTitle('constructor')).toBe('constructor');
  });
});
