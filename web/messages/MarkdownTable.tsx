import { t } from '@lingui/core/macro';
import type { ComponentProps } from 'react';
import type { ExtraProps } from 'streamdown';

/** A table that scrolls horizontally by itself, also by keyboard, if it is too wide. */
export const MarkdownTable = ({ node: _, dir, children }: ComponentProps<'table'> & ExtraProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
  // biome-ignore lint/a11y/useSemanticElements: a region, so that the name is read on reaching it
  <div role="region" aria-label={t`Table`} tabIndex={0} dir={dir} className="table-scroll">
    <table>{children}</table>
  </div>
);
