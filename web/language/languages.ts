/** A language of the web app. */
export interface Language {
  /** By BCP 47. */
  readonly code: string;
  /** In the language itself. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
}

/** The language of the messages in the code. */
export const sourceLanguage = 'en';

export const languages = [
  { code: 'en', name: 'English', direction: 'ltr' },
  { code: 'de', name: 'Deutsch', direction: 'ltr' },
  { code: 'ar', name: 'العربية', direction: 'rtl' },
] as const satisfies readonly Language[];

export type LanguageCode = (typeof languages)[number]['code'];

export const directionOf = (code: string): Language['direction'] =>
  languages.find((language) => language.code === code)?.direction ?? 'ltr';

/** Returns the first of `wanted` (by BCP 47, the most wanted first) that the web app has, or its source language. */
export const bestLanguage = (wanted: readonly string[]): LanguageCode => {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0];
    const found = languages.find(({ code }) => code === base);
    if (found) return found.code;
  }
  return sourceLanguage;
};
