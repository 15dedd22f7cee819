import { useSyncExternalStore } from 'react';

/** How code blocks are shown, in this browser. */
export interface CodePreferences {
  readonly wraps: boolean;
  readonly hasNumbers: boolean;
}

const key = 'ziggie.code';
const changed = 'ziggie:code';

const read = (): string => {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
};

/** The choice while the storage is unavailable. */
let kept = '';

const current = (): string => read() || kept;

const follow = (listener: () => void): (() => void) => {
  window.addEventListener('storage', listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener('storage', listener);
    window.removeEventListener(changed, listener);
  };
};

/** Returns the preferences, which all code blocks share. */
export const useCodePreferences = (): CodePreferences => {
  const words = useSyncExternalStore(follow, current).split(' ');
  return { wraps: words.includes('wrap'), hasNumbers: words.includes('numbers') };
};

export const chooseCodePreferences = ({ wraps, hasNumbers }: CodePreferences): void => {
  kept = [wraps ? 'wrap' : 'scroll', ...(hasNumbers ? ['numbers'] : [])].join(' ');
  try {
    localStorage.setItem(key, kept);
  } catch {
    // Without storage, the choice lasts as long as its page.
  }
  window.dispatchEvent(new Event(changed));
};
