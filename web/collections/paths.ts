export const collectionsPath = '/collections';

export const pathOfCollection = (id: string): string => `${collectionsPath}/${encodeURIComponent(id)}`;
