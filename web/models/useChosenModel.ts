import { useCallback, useState } from 'react';

const key = 'ziggie.model';

const read = (): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

/** Chooses the model of new chats. */
export const chooseModel = (model: string): void => {
  try {
    localStorage.setItem(key, model);
  } catch {
    // Without storage, the choice lasts as long as its page.
  }
};

/** The model chosen for new chats, kept in this browser. Null for the default, and if `installed` no longer has it. */
export const useChosenModel = (
  installed: readonly string[],
): readonly [string | null, (model: string) => void] => {
  const [chosen, setChosen] = useState(read);
  const choose = useCallback((model: string) => {
    chooseModel(model);
    setChosen(model);
  }, []);
  return [chosen !== null && installed.includes(chosen) ? chosen : null, choose];
};
