import { compileCatalog } from '../language/catalogs.ts';

/** A transformer of Jest that lets tests import catalogs, compiled as the build does it. */
export default {
  processAsync: async (_text: string, path: string): Promise<{ code: string }> => ({
    code: await compileCatalog(path),
  }),
};
