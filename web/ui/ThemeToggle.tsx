import { t } from '@lingui/core/macro';
import { Moon, Sun } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { IconButton } from './IconButton.tsx';
import { chooseTheme, followTheme, isDark } from './theme.ts';

export const ThemeToggle = () => {
  const dark = useSyncExternalStore(followTheme, isDark);
  return (
    <IconButton
      icon={dark ? Sun : Moon}
      label={
        dark
          ? t({ message: 'Switch to light', comment: 'To the light theme' })
          : t({ message: 'Switch to dark', comment: 'To the dark theme' })
      }
      onClick={() => chooseTheme(dark ? 'light' : 'dark')}
    />
  );
};
