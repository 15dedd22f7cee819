export type ThemeChoice = 'system' | 'light' | 'dark';

/** The storage key that `public/theme.js` reads before the first paint. */
const stored = 'ziggie.theme';
const systemDark = '(prefers-color-scheme: dark)';
const chosen = 'ziggie:theme';

const read = (): ThemeChoice => {
  try {
    const choice = localStorage.getItem(stored);
    return choice === 'light' || choice === 'dark' ? choice : 'system';
  } catch {
    return 'system';
  }
};

export const themeChoice = read;

export const isDark = (): boolean =>
  read() === 'dark' || (read() === 'system' && window.matchMedia(systemDark).matches);

const show = () => {
  document.documentElement.classList.toggle('dark', isDark());
};

export const chooseTheme = (choice: ThemeChoice): void => {
  try {
    if (choice === 'system') localStorage.removeItem(stored);
    else localStorage.setItem(stored, choice);
  } catch {
    // Without storage, the choice can't be kept.
  }
  window.dispatchEvent(new Event(chosen));
};

/** Applies the theme chosen here or in another tab, or the system's. Returns a function that stops it. */
export const followTheme = (listener: () => void): (() => void) => {
  const onChange = () => {
    show();
    listener();
  };
  const system = window.matchMedia(systemDark);
  system.addEventListener('change', onChange);
  window.addEventListener('storage', onChange);
  window.addEventListener(chosen, onChange);
  return () => {
    system.removeEventListener('change', onChange);
    window.removeEventListener('storage', onChange);
    window.removeEventListener(chosen, onChange);
  };
};
