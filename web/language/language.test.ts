import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { i18n } from '@lingui/core';

// One catalog loads, the other one doesn't.
jest.unstable_mockModule('./catalogs/ar.po', () => {
  throw new Error('offline');
});
const { chooseLanguage, languageChoice, locale, startLanguage } = await import('./language.ts');

const key = 'ziggie.language';
const page = document.documentElement;

const browserSpeaks = (...tags: string[]) => jest.spyOn(navigator, 'languages', 'get').mockReturnValue(tags);

const shown = () => ({ language: i18n.locale, lang: page.lang, dir: page.dir });
const english = { language: 'en', lang: 'en', dir: 'ltr' };
const german = { language: 'de', lang: 'de', dir: 'ltr' };

beforeEach(async () => {
  localStorage.clear();
  browserSpeaks('en-GB');
  await startLanguage();
});
afterEach(() => jest.restoreAllMocks());

describe('the language', () => {
  it('is the first one of the browser that the web app has', async () => {
    expect(shown()).toEqual(english);
    browserSpeaks('fr', 'de-AT', 'en');
    await startLanguage();
    expect(shown()).toEqual(german);
    expect(Object.keys(i18n.messages).length).toBeGreaterThan(100);
    expect(languageChoice()).toBe('system');
  });

  it('is the chosen one, also on the next page', async () => {
    await chooseLanguage('de');
    expect(shown()).toEqual(german);
    expect(languageChoice()).toBe('de');
    i18n.loadAndActivate({ locale: 'en', messages: {} });
    await startLanguage();
    expect(shown()).toEqual(german);
  });

  it('is stored when the page is rendered anew', async () => {
    const atChange: string[] = [];
    const stop = i18n.on('change', () => atChange.push(languageChoice()));
    await chooseLanguage('de');
    await chooseLanguage('system');
    stop();
    expect(atChange).toEqual(['de', 'system']);
    expect(shown()).toEqual(english);
  });

  it('follows another tab', async () => {
    localStorage.setItem(key, 'de');
    const changed = new Promise<void>((resolve) => {
      const stop = i18n.on('change', () => {
        stop();
        resolve();
      });
    });
    window.dispatchEvent(new StorageEvent('storage', { key }));
    await changed;
    expect(shown()).toEqual(german);
  });

  it('stays if the catalog of a chosen one does not load', async () => {
    await chooseLanguage('de');
    await expect(chooseLanguage('ar')).rejects.toThrow();
    expect(shown()).toEqual(german);
    expect(languageChoice()).toBe('de');
  });

  it('is English on a page whose catalog does not load, and stays chosen for the next page', async () => {
    localStorage.setItem(key, 'ar');
    await startLanguage();
    expect(shown()).toEqual(english);
    expect(languageChoice()).toBe('ar');
  });

  it('lasts as long as the page where nothing can be stored', async () => {
    for (const method of ['getItem', 'setItem', 'removeItem'] as const)
      jest.spyOn(Storage.prototype, method).mockImplementation(() => {
        throw new Error('blocked');
      });
    await chooseLanguage('de');
    expect(shown()).toEqual(german);
    expect(languageChoice()).toBe('de');
    await chooseLanguage('system');
  });
});

describe('the locale of dates and numbers', () => {
  it('is the browser’s variant of the language, or the language', async () => {
    browserSpeaks('en-GB', 'de-AT');
    await chooseLanguage('de');
    expect(locale()).toBe('de-AT');
    expect(i18n.locales).toBe('de-AT');
    browserSpeaks('en-GB');
    expect(locale()).toBe('de');
  });
});

describe('the script before the first paint', () => {
  const stored = [null, 'en', 'de', 'ar', 'fr'];
  const wanted = [['en-GB'], ['de-AT', 'en'], ['fr', 'AR-eg'], ['fr'], []];
  const cases = stored.flatMap((choice) => wanted.map((tags) => [choice, tags] as const));

  beforeAll(() => Object.assign(window, { matchMedia: () => ({ matches: false }) }));

  it.each(cases)('sets the language and the direction that are shown: %j of %j', async (choice, tags) => {
    const { bestLanguage, directionOf, languages } = await import('./languages.ts');
    browserSpeaks(...tags);
    if (choice) localStorage.setItem(key, choice);
    const own = languages.find(({ code }) => code === choice)?.code ?? bestLanguage(tags);
    new Function(await readFile(`${import.meta.dirname}/../public/theme.js`, 'utf8'))();
    expect([page.lang, page.dir]).toEqual([own, directionOf(own)]);
  });
});
