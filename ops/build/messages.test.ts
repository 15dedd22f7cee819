import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LinguiConfigNormalized, makeConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';
import { catalogProblems, extractMessages } from './messages.ts';

describe('the catalogs', () => {
  let folder: string;
  let config: LinguiConfigNormalized;

  const path = (language: string) => join(folder, `catalogs/${language}.po`);
  const write = (code: string) =>
    writeFile(join(folder, 'page.tsx'), `import { plural, t } from '@lingui/core/macro';\n${code}`);
  /** Translates a message, whose translation is empty. */
  const translate = async (message: string, translation: string) => {
    const before = await readFile(path('de'), 'utf8');
    const untranslated = `msgid "${message}"\nmsgstr ""`;
    expect(before).toContain(untranslated);
    await writeFile(path('de'), before.replace(untranslated, `msgid "${message}"\nmsgstr "${translation}"`));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'messages-'));
    config = makeConfig({
      rootDir: folder,
      sourceLocale: 'en',
      locales: ['en', 'de'],
      catalogs: [{ path: '<rootDir>/catalogs/{locale}', include: ['<rootDir>'] }],
      format: formatter({ lineNumbers: false }),
      orderBy: 'message',
    });
    await write(`export const f = (name: string) => t\`Hello \${name}\`;`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('have the messages of the code, and keep translations', async () => {
    expect(await catalogProblems(config)).toEqual([
      'en.po lacks a message of the code: Hello {name}',
      'de.po lacks a message of the code: Hello {name}',
    ]);
    await extractMessages(config);
    expect(await catalogProblems(config)).toEqual(['de.po lacks a translation: Hello {name}']);
    await translate('Hello {name}', 'Hallo {name}');
    expect(await catalogProblems(config)).toEqual([]);

    const before = await readFile(path('de'), 'utf8');
    await extractMessages(config);
    expect(await readFile(path('de'), 'utf8')).toBe(before);
  });

  it('have no message that the code no longer has', async () => {
    await extractMessages(config);
    await translate('Hello {name}', 'Hallo {name}');
    await write('export const f = () => t`Bye`;');
    expect(await catalogProblems(config)).toEqual([
      'en.po lacks a message of the code: Bye',
      'en.po has a message that the code lacks: Hello {name}',
      'de.po lacks a message of the code: Bye',
      'de.po has a message that the code lacks: Hello {name}',
    ]);
    await extractMessages(config);
    await translate('Bye', 'Tschüss');
    expect(await catalogProblems(config)).toEqual([]);
  });

  it.each([
    ['Hallo {name', 'has a translation with a wrong syntax'],
    ['Hallo', 'has a translation without {name}'],
    ['Hallo {nmae}', 'has a translation with an unknown {nmae}'],
    ['Hallo <0>{name}</0>', 'has a translation with an unknown <0>'],
  ])('have translations that can be shown: %s', async (translation, problem) => {
    await extractMessages(config);
    await translate('Hello {name}', translation);
    expect(await catalogProblems(config)).toEqual([`de.po ${problem}: ${translation}`]);
  });

  it('may have other plural forms than English', async () => {
    await write("export const f = (count: number) => plural(count, { one: '# cat', other: '# cats' });");
    await extractMessages(config);
    await translate(
      '{count, plural, one {# cat} other {# cats}}',
      '{count, plural, =0 {Keine Katze} other {# Katzen}}',
    );
    expect(await catalogProblems(config)).toEqual([]);
  });
});
