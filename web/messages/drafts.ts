const prefix = 'ziggie.draft.';

/** The draft of a conversation, or of the next new one: kept in this browser, over reloads and restarts. */
export const readDraft = (name: string): string => {
  try {
    return localStorage.getItem(prefix + name) ?? '';
  } catch {
    return '';
  }
};

export const keepDraft = (name: string, text: string): void => {
  try {
    if (text === '') localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, text);
  } catch {
    // Without storage, or with a full one, a draft lives as long as its page.
  }
};

/** On a computer that others use, nothing written stays behind after signing out. */
export const forgetDrafts = (): void => {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(prefix)) localStorage.removeItem(name);
    }
  } catch {
    // Nothing was kept.
  }
};
