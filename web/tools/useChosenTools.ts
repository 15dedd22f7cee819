import { useCallback, useMemo, useState } from 'react';

const key = 'ziggie.tools';

const read = (): readonly string[] => {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
};

/** The tools that the next answers may call, of those `usable`. Kept as long as the tab is open. */
export const useChosenTools = (
  usable: readonly string[],
): readonly [readonly string[], (names: readonly string[]) => void] => {
  const [chosen, setChosen] = useState(read);
  const choose = useCallback((names: readonly string[]) => {
    try {
      sessionStorage.setItem(key, JSON.stringify(names));
    } catch {
      // Without storage, the choice lasts as long as its page.
    }
    setChosen(names);
  }, []);
  const all = usable.join('\n');
  const kept = useMemo(() => chosen.filter((name) => all.split('\n').includes(name)), [chosen, all]);
  return [kept, choose];
};
