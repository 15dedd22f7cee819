const prefix = 'ziggie.draft.';

/** The draft of a conversation, or of the next new one. It is kept in this browser across reloads and restarts. */
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
    // Without storage, or with full storage, a draft lasts as long as its page.
  }
};

/** Deletes all drafts, so that nothing written stays on a shared computer after signing out. */
export const forgetDrafts = (): void => {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(prefix)) localStorage.removeItem(name);
    }
  } catch {
    // Without storage there are no drafts.
  }
};
