const prefix = 'ziggie.draft.';

/** Returns the name of a draft of a temporary chat, which lasts as long as its tab. */
export const temporaryDraft = (name: string): string => `temporary.${name}`;

const storageOf = (name: string): Storage =>
  name.startsWith(temporaryDraft('')) ? sessionStorage : localStorage;

/** The draft of a conversation, or of the next new one. It is kept in this browser across reloads and restarts. */
export const readDraft = (name: string): string => {
  try {
    return storageOf(name).getItem(prefix + name) ?? '';
  } catch {
    return '';
  }
};

export const keepDraft = (name: string, text: string): void => {
  try {
    const storage = storageOf(name);
    if (text === '') storage.removeItem(prefix + name);
    else storage.setItem(prefix + name, text);
  } catch {
    // Without storage, or with full storage, a draft lasts as long as its page.
  }
};

/** Deletes all drafts, so that nothing written stays on a shared computer after signing out. */
export const forgetDrafts = (): void => {
  try {
    for (const storage of [localStorage, sessionStorage]) {
      for (const name of Object.keys(storage)) if (name.startsWith(prefix)) storage.removeItem(name);
    }
  } catch {
    // Without storage there are no drafts.
  }
};
