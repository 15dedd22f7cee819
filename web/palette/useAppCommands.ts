import { t } from '@lingui/core/macro';
import {
  Boxes,
  ChartColumn,
  CircleHelp,
  Import,
  Library,
  LogOut,
  MessageCircleDashed,
  Moon,
  Settings,
  ShieldCheck,
  SquarePen,
  Sun,
} from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useNavigate } from 'react-router';
import { useSignOut } from '../session/useSignOut.ts';
import { newTemporaryPath } from '../temporary/paths.ts';
import { chooseTheme, followTheme, isDark } from '../ui/theme.ts';
import { useCommands } from './commands.tsx';

export interface AppCommandsOptions {
  readonly canGenerate: boolean;
  readonly isAdmin: boolean;
  readonly onHelp: () => void;
}

/** Offers the actions that every page has. */
export const useAppCommands = ({ canGenerate, isAdmin, onHelp }: AppCommandsOptions): void => {
  const navigate = useNavigate();
  const { signOut } = useSignOut();
  const dark = useSyncExternalStore(followTheme, isDark);
  const go = (path: string) => () => void navigate(path);
  useCommands([
    ...(canGenerate
      ? [
          {
            name: t`New chat`,
            icon: SquarePen,
            words: t({ context: 'search words', message: 'start create' }),
            run: go('/'),
          },
          {
            name: t`New temporary chat`,
            icon: MessageCircleDashed,
            words: t({ context: 'search words', message: 'private incognito secret start create' }),
            run: go(newTemporaryPath),
          },
          {
            name: t`Import conversations`,
            icon: Import,
            words: 'chatgpt claude open webui librechat',
            run: go('/import'),
          },
        ]
      : []),
    {
      name: dark ? t`Switch to light theme` : t`Switch to dark theme`,
      icon: dark ? Sun : Moon,
      words: t({ context: 'search words', message: 'appearance mode' }),
      run: () => chooseTheme(dark ? 'light' : 'dark'),
    },
    {
      name: t`Go to models`,
      icon: Boxes,
      words: t({ context: 'search words', message: 'install pull download' }),
      run: go('/models'),
    },
    {
      name: t`Go to collections`,
      icon: Library,
      words: t({ context: 'search words', message: 'knowledge documents files library' }),
      run: go('/collections'),
    },
    {
      name: t`Go to usage`,
      icon: ChartColumn,
      words: t({ context: 'search words', message: 'tokens quota' }),
      run: go('/usage'),
    },
    {
      name: t`Go to settings`,
      icon: Settings,
      words: t({ context: 'search words', message: 'password sessions api keys' }),
      run: go('/settings'),
    },
    ...(isAdmin
      ? [
          {
            name: t`Go to administration`,
            icon: ShieldCheck,
            words: t({ context: 'search words', message: 'users audit' }),
            run: go('/admin'),
          },
        ]
      : []),
    {
      name: t`Show hotkeys`,
      icon: CircleHelp,
      words: t({ context: 'search words', message: 'keyboard shortcuts help' }),
      run: onHelp,
    },
    {
      name: t`Sign out`,
      icon: LogOut,
      words: t({ context: 'search words', message: 'log out leave' }),
      run: signOut,
    },
  ]);
};
