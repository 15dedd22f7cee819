import type { Plugin } from 'graphql-yoga';
import type { PersistedDocuments } from '../persistedDocuments.ts';

/** Replaces the id of a persisted document by its text, over HTTP. Sockets do the same themselves. */
export const usePersistedDocuments = (documents: PersistedDocuments): Plugin => ({
  async onParams({ params, setParams }) {
    const query = await documents.textOf(params);
    if (query !== params.query) setParams({ ...params, ...(query !== undefined && { query }) });
  },
});
