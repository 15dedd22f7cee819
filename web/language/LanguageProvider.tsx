import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { Direction } from 'radix-ui';
import { Fragment, type ReactNode, useSyncExternalStore } from 'react';
import { directionOf } from './languages.ts';

const follow = (listener: () => void) => i18n.on('change', listener);
const current = () => i18n.locale;

/** Renders everything anew when another language is chosen: text is also read outside of components. */
export const LanguageProvider = ({ children }: { children: ReactNode }) => {
  const language = useSyncExternalStore(follow, current);
  return (
    <I18nProvider i18n={i18n}>
      {/* Menus and their arrow keys don't read the direction of the document. */}
      <Direction.Provider dir={directionOf(language)}>
        <Fragment key={language}>{children}</Fragment>
      </Direction.Provider>
    </I18nProvider>
  );
};
