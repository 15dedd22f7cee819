import type { Plugin } from 'graphql-yoga';
import type { PersistedDocuments } from '../persistedDocuments.ts';

/** Puts the text of a known document in the place of its id. Sockets, which Yoga doesn't read, do the same themselves. */
export const usePersistedDocuments = (documents: PersistedDocuments): Plugin => ({
  async onParams({ params, setParams }) {
    const query = await documents.textOf(params);
    if (query !== params.query) setParams({ ...params, ...(query !== undefined && { query }) });
  },
});
