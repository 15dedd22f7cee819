/** Parses a number of tokens. Returns null if the text is none. */
export const parseTokens = (text: string): number | null => (/^\d{1,12}$/.test(text) ? Number(text) : null);
