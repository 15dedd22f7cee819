const key = 'ziggie.quota.put-away';

/** The warning that was dismissed last in this browser; null for none. */
export const readDismissed = (): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

export const storeDismissed = (name: string): void => {
  try {
    localStorage.setItem(key, name);
  } catch {
    // Without storage the warning comes back with the next page.
  }
};
