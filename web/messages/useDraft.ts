import { useCallback, useState } from 'react';
import { keepDraft, readDraft } from './drafts.ts';

export interface Draft {
  readonly text: string;
  readonly write: (text: string) => void;
  /** Restores a text that could not be sent, in front of what was written since. */
  readonly restore: (text: string) => void;
}

export const useDraft = (name: string): Draft => {
  const [text, setText] = useState(() => readDraft(name));
  const write = useCallback(
    (next: string) => {
      keepDraft(name, next);
      setText(next);
    },
    [name],
  );
  const restore = useCallback(
    (unsent: string) =>
      setText((since) => {
        const next = since.trim() === '' ? unsent : `${unsent}\n\n${since}`;
        keepDraft(name, next);
        return next;
      }),
    [name],
  );
  return { text, write, restore };
};
