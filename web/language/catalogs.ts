import { relative } from 'node:path';
import { createCompiledCatalog, getCatalogForFile, getCatalogs } from '@lingui/cli/api';
import { getConfig } from '@lingui/conf';
import type { Plugin } from 'vite';

const configPath = `${import.meta.dirname}/../../lingui.config.ts`;

/** Compiles the messages of a catalog, a PO file, to a module. Throws if one has a wrong syntax. */
export const compileCatalog = async (path: string): Promise<string> => {
  const config = getConfig({ configPath });
  const found = getCatalogForFile(relative(config.rootDir, path), await getCatalogs(config));
  if (!found) throw new Error(`${path} is the catalog of no language. See lingui.config.ts.`);
  const { locale, catalog } = found;
  const { messages } = await catalog.getTranslations(locale, {
    fallbackLocales: {},
    sourceLocale: config.sourceLocale,
  });
  const { source, errors } = createCompiledCatalog(locale, messages, { namespace: 'es' });
  if (errors.length > 0) {
    throw new Error(
      errors.map(({ source: message, error }) => `${path}: ${message}: ${error.message}`).join('\n'),
    );
  }
  return source;
};

/** Lets the web app import catalogs. */
export const catalogs = (): Plugin => ({
  name: 'catalogs',
  transform: {
    filter: { id: /\.po$/ },
    handler: async (_code, id) => ({ code: await compileCatalog(id), map: null }),
  },
});
