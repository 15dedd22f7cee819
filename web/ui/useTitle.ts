import { useEffect } from 'react';

let title = 'Ziggie';
let isMarked = false;

const show = () => {
  document.title = isMarked ? `✓ ${title}` : title;
};

/** Sets the title of the tab while the component is mounted. */
export const useTitle = (text: string | null | undefined): void => {
  useEffect(() => {
    title = text ? `${text} · Ziggie` : 'Ziggie';
    show();
  }, [text]);
};

/** Marks the title of a hidden tab until it is visible again. */
export const markTitle = (): void => {
  if (isMarked || document.visibilityState === 'visible') return;
  isMarked = true;
  show();
  const onVisible = () => {
    if (document.visibilityState !== 'visible') return;
    document.removeEventListener('visibilitychange', onVisible);
    isMarked = false;
    show();
  };
  document.addEventListener('visibilitychange', onVisible);
};

/** Returns the title without the name of the app and a mark. */
export const plainTitle = (): string => title.replace(/ · Ziggie$/, '');
