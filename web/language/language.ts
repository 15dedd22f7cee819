import { i18n, type Messages } from '@lingui/core';
import { bestLanguage, directionOf, type LanguageCode, languages } from './languages.ts';

/** A language, or `system`: the first of the browser's languages that the web app has. */
export type LanguageChoice = LanguageCode | 'system';

/** The storage key. */
const stored = 'ziggie.language';

/** The messages of English are in the code. */
const catalogs: Readonly<Record<LanguageCode, () => Promise<{ readonly messages: Messages }>>> = {
  en: async () => ({ messages: {} }),
  de: () => import('./catalogs/de.po'),
  ar: () => import('./catalogs/ar.po'),
};

/** The choice while the storage is unavailable. */
let kept: LanguageChoice = 'system';

export const languageChoice = (): LanguageChoice => {
  try {
    const choice = localStorage.getItem(stored);
    return languages.find(({ code }) => code === choice)?.code ?? 'system';
  } catch {
    return kept;
  }
};

/** Shows all text in the chosen language. Rejects if its messages can't be loaded: then nothing changes. */
export const chooseLanguage = async (choice: LanguageChoice): Promise<void> => {
  const show = await load(choice);
  kept = choice;
  try {
    if (choice === 'system') localStorage.removeItem(stored);
    else localStorage.setItem(stored, choice);
  } catch {
    // Without storage, the choice lasts as long as its page.
  }
  show();
};

/**
 * Activates the chosen language before the first paint, and whenever another tab chooses one. Falls back to English if the
 * messages can't be loaded: it is better than no page.
 */
export const startLanguage = async (): Promise<void> => {
  const showChosen = async () => (await load(languageChoice()))();
  window.addEventListener('storage', ({ key }) => {
    if (key === stored) void showChosen().catch(() => {});
  });
  await showChosen().catch(async () => (await load('en'))());
};

/** Loads the messages of a language. Resolves to the function that shows them. */
const load = async (choice: LanguageChoice): Promise<() => void> => {
  const code = choice === 'system' ? bestLanguage(navigator.languages) : choice;
  const { messages } = await catalogs[code]();
  return () => {
    document.documentElement.lang = code;
    document.documentElement.dir = directionOf(code);
    i18n.loadAndActivate({ locale: code, locales: localeOf(code), messages });
  };
};

/**
 * Returns the locale for dates and numbers: the browser's variant of the language that is shown, as `en-GB`, so that dates look as
 * elsewhere on the person's machine.
 */
export const locale = (): string => localeOf(i18n.locale);

const localeOf = (language: string): string =>
  navigator.languages.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
