import { useCallback, useMemo, useState } from 'react';
import { maxModels } from './comparison.ts';

const key = 'ziggie.compared';

const read = (): readonly string[] => {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
};

/** Chooses the models that the next prompts are compared in; none ends the comparison. */
export const chooseComparedModels = (models: readonly string[]): void => {
  try {
    sessionStorage.setItem(key, JSON.stringify(models));
  } catch {
    // Without storage, the choice lasts as long as its page.
  }
};

/** The models that the next prompts are compared in, of those `installed`. Kept as long as the tab is open. */
export const useComparedModels = (
  installed: readonly string[],
): readonly [readonly string[], (models: readonly string[]) => void] => {
  const [chosen, setChosen] = useState(read);
  const choose = useCallback((models: readonly string[]) => {
    chooseComparedModels(models);
    setChosen(models);
  }, []);
  const names = installed.join('\n');
  const usable = useMemo(
    () => chosen.filter((name) => names.split('\n').includes(name)).slice(0, maxModels),
    [chosen, names],
  );
  return [usable, choose];
};
