import { useCallback, useEffect, useRef, useState } from 'react';
import { keepDraft, readDraft } from './drafts.ts';

export interface Draft {
  readonly text: string;
  readonly write: (text: string) => void;
  /** Restores a text that could not be sent, in front of what was written since. */
  readonly restore: (text: string) => void;
}

/** How long a draft may be unsaved, in ms: writing a long one to the disk with every key would slow typing down. */
const saveMs = 400;

export const useDraft = (name: string): Draft => {
  const [text, setText] = useState(() => readDraft(name));
  const unsaved = useRef<string | null>(null);
  const [shown, setShown] = useState(name);
  // The home page has another draft for a temporary chat.
  if (shown !== name) {
    setShown(name);
    setText(readDraft(name));
  }
  const save = useCallback(() => {
    if (unsaved.current !== null) keepDraft(name, unsaved.current);
    unsaved.current = null;
  }, [name]);
  const write = useCallback(
    (next: string) => {
      unsaved.current = next;
      setText(next);
      // A message that was just sent must not come back after a reload.
      if (next === '') save();
    },
    [save],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change starts the wait again
  useEffect(() => {
    const timer = setTimeout(save, saveMs);
    return () => clearTimeout(timer);
  }, [text, save]);
  useEffect(() => {
    window.addEventListener('pagehide', save);
    document.addEventListener('visibilitychange', save);
    return () => {
      window.removeEventListener('pagehide', save);
      document.removeEventListener('visibilitychange', save);
      save();
    };
  }, [save]);
  const restore = useCallback(
    (unsent: string) =>
      setText((since) => {
        const next = since.trim() === '' ? unsent : `${unsent}\n\n${since}`;
        keepDraft(name, next);
        unsaved.current = null;
        return next;
      }),
    [name],
  );
  return { text, write, restore };
};
