const key = 'ziggie.deletions';

/**
 * Returns the ids of the conversations whose deletion this tab has not seen answered. A browser under load may drop what a
 * page sends when it is left, so the next page of the tab sends it again.
 */
export const readUnsent = (): readonly string[] => {
  try {
    const ids: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
};

export const keepUnsent = (ids: readonly string[]): void => {
  try {
    if (ids.length === 0) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(ids));
  } catch {
    // Without storage, a deletion is sent when the page is left, and not again.
  }
};
