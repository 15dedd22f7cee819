import { bestLanguage } from './languages.ts';

describe('the language of the web app', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['fr', 'AR-eg', 'de'], 'ar'],
    [['en-GB', 'de'], 'en'],
    [['den'], 'en'],
    [[''], 'en'],
    [[], 'en'],
  ])('for %j is %s', (wanted, code) => {
    expect(bestLanguage(wanted)).toBe(code);
  });
});
