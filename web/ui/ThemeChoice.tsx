import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useSyncExternalStore } from 'react';
import { chooseTheme, followTheme, themeChoice } from './theme.ts';

const choices = [
  { value: 'system', label: msg({ message: 'System', context: 'theme' }) },
  { value: 'light', label: msg({ message: 'Light', context: 'theme' }) },
  { value: 'dark', label: msg({ message: 'Dark', context: 'theme' }) },
] as const;

export const ThemeChoice = () => {
  const chosen = useSyncExternalStore(followTheme, themeChoice);
  return (
    <fieldset className="inline-flex gap-1 rounded-xl bg-sunken p-1">
      <legend className="sr-only">
        <Trans>Theme</Trans>
      </legend>
      {choices.map(({ value, label }) => (
        <label
          key={value}
          className="cursor-pointer rounded-lg px-3 py-1.5 text-sm text-muted has-checked:bg-raised has-checked:font-medium has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="theme"
            value={value}
            checked={chosen === value}
            onChange={() => chooseTheme(value)}
            className="sr-only"
          />
          {i18n._(label)}
        </label>
      ))}
    </fieldset>
  );
};
