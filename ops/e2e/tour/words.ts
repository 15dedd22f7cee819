import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { formatter } from '@lingui/format-po';

/**
 * Returns the translation of an English text of the web app, with its placeholders filled in. `context` tells texts apart that
 * are the same in English.
 */
export type Word = (english: string, values?: Readonly<Record<string, string>>, context?: string) => string;

const keyOf = (text: string, context: string): string => `${context}\n${text}`;

/**
 * Returns the texts of the web app in a language, so that a journey finds the same buttons in each. Texts without a
 * translation stay English. Throws for a text that the web app doesn't have: the journey would look for it in vain.
 */
export const wordsOf = async (language: string): Promise<Word> => {
  const filename = fileURLToPath(new URL(`../../../web/language/catalogs/${language}.po`, import.meta.url));
  const catalog = await formatter().parse(await readFile(filename, 'utf8'), {
    locale: language,
    sourceLocale: 'en',
    filename,
  });
  const messages = new Map(
    Object.values(catalog).map(({ message = '', context = '', translation = '' }) => [
      keyOf(message, context),
      translation,
    ]),
  );
  return (english, values = {}, context = '') => {
    const translation = messages.get(keyOf(english, context));
    if (translation === undefined) throw new Error(`The web app has no text ${JSON.stringify(english)}.`);
    return (translation || english).replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
  };
};
