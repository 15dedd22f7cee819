import { useCallback, useState } from 'react';

const key = 'ziggie.sidebar';

const read = (): boolean => {
  try {
    return localStorage.getItem(key) !== 'hidden';
  } catch {
    return true;
  }
};

/** Whether the sidebar is shown on wide screens, kept in this browser. */
export const useSidebarVisibility = (): readonly [boolean, (isShown: boolean) => void] => {
  const [isShown, setShown] = useState(read);
  const show = useCallback((next: boolean) => {
    try {
      if (next) localStorage.removeItem(key);
      else localStorage.setItem(key, 'hidden');
    } catch {
      // Without storage, the choice lasts as long as its page.
    }
    setShown(next);
  }, []);
  return [isShown, show];
};
