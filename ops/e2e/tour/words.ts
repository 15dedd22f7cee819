import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/**
 * Returns the translation of an English text of the web app, with its placeholders filled in. `context` tells texts apart that are
 * the same in English.
 */
export type Word = (english: string, values?: Readonly<Record<string, string>>, context?: string) => string;

/** A message of a catalog and its translation. Both may go on in further lines. */
const entry = /^(?:msgctxt (".*")\n)?msgid ((?:".*"\n)+)msgstr ((?:".*"\n?)+)/gm;

const textOf = (quoted: string): string =>
  quoted
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string)
    .join('');

const keyOf = (text: string, context: string): string => `${context}\n${text}`;

/**
 * Returns the texts of the web app in a language, so that a journey finds the same buttons in each. Texts without a
 * translation stay English. Throws for a text that the web app doesn't have: the journey would look for it in vain.
 */
export const wordsOf = async (language: string): Promise<Word> => {
  const path = fileURLToPath(new URL(`../../../web/language/catalogs/${language}.po`, import.meta.url));
  const messages = new Map<string, string>();
  for (const [, context = '""', id = '', translation = ''] of (await readFile(path, 'utf8')).matchAll(
    entry,
  )) {
    messages.set(keyOf(textOf(id), textOf(context)), textOf(translation));
  }
  return (english, values = {}, context = '') => {
    const translation = messages.get(keyOf(english, context));
    if (translation === undefined) throw new Error(`The web app has no text ${JSON.stringify(english)}.`);
    return (translation || english).replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder);
  };
};
