const key = 'ziggie.quota.put-away';

/** Which warning was put away last in this browser; null where none was. */
export const readPutAway = (): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

export const keepPutAway = (name: string): void => {
  try {
    localStorage.setItem(key, name);
  } catch {
    // Without storage it comes back with the next page.
  }
};
