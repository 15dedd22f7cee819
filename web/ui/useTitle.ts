import { useEffect } from 'react';

/** Sets the title of the tab while the component is mounted. */
export const useTitle = (title: string | null | undefined): void => {
  useEffect(() => {
    document.title = title ? `${title} · Ziggie` : 'Ziggie';
  }, [title]);
};
