import { useEffect } from 'react';

/** The name of the tab, as long as the part that asks is shown. */
export const useTitle = (title: string | null | undefined): void => {
  useEffect(() => {
    document.title = title ? `${title} · Ziggie` : 'Ziggie';
  }, [title]);
};
