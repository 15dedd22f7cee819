import { defineConfig } from '@lingui/conf';
import { formatter } from '@lingui/format-po';
import { languages, sourceLanguage } from './web/language/languages.ts';

/** Where the messages of the web app are, and their translations. */
export default defineConfig({
  rootDir: `${import.meta.dirname}/web`,
  sourceLocale: sourceLanguage,
  locales: languages.map(({ code }) => code),
  catalogs: [
    {
      path: '<rootDir>/language/catalogs/{locale}',
      include: ['<rootDir>'],
      exclude: ['**/__generated__/**', '**/*.test.*', '**/testing/**', '**/dist/**'],
    },
  ],
  // Without line numbers, which would change with every edit.
  format: formatter({ lineNumbers: false }),
  orderBy: 'message',
});
