import { useCallback, useState } from 'react';

const key = 'ziggie.openFolders';
/** Maximum ids that are kept: as many as a user has folders. */
const maxKept = 100;

const read = (): readonly string[] => {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, maxKept) : [];
  } catch {
    return [];
  }
};

/** The folders that are open in the sidebar, kept in this browser. */
export const useOpenFolders = () => {
  const [ids, setIds] = useState(read);
  const setOpen = useCallback((id: string, open: boolean) => {
    setIds((before) => {
      const others = before.filter((other) => other !== id);
      const after = open ? [id, ...others].slice(0, maxKept) : others;
      try {
        localStorage.setItem(key, JSON.stringify(after));
      } catch {
        // Without storage, the choice lasts as long as the page.
      }
      return after;
    });
  }, []);
  const isOpen = useCallback((id: string) => ids.includes(id), [ids]);
  return { isOpen, setOpen };
};
