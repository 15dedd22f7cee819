/** Reads a number of tokens. Null where it is none. */
export const parseTokens = (text: string): number | null => (/^\d{1,12}$/.test(text) ? Number(text) : null);
