/** The maximum duration of a request for embeddings, in ms. */
export const maxEmbedMs = 5 * 60_000;

const prefix = 'embedding-';

/** Returns the id under which a request for embeddings holds a running slot and a token reservation. */
export const embeddingHolderId = (id: string): string => `${prefix}${id}`;

/** Whether a holder is a request for embeddings. Such a request isn't stored, unlike a generation. */
export const isEmbeddingHolder = (holderId: string): boolean => holderId.startsWith(prefix);
