export type ThemeChoice = 'system' | 'light' | 'dark';

/** The name that `public/theme.js` reads before the first paint. */
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
    // Where storage is forbidden, the choice holds for none but the system's theme.
  }
  window.dispatchEvent(new Event(chosen));
};

/** Follows the choice made here or in another tab, and the system's theme. Returns how to stop. */
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
