import { t } from '@lingui/core/macro';
import type { ReactNode } from 'react';

export interface MarkdownTableProps {
  readonly dir: string | undefined;
  readonly children?: ReactNode;
}

/** A table that scrolls horizontally by itself, also by keyboard, if it is too wide. */
export const MarkdownTable = ({ dir, children }: MarkdownTableProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
  // biome-ignore lint/a11y/useSemanticElements: a region, so that the name is read on reaching it
  <div role="region" aria-label={t`Table`} tabIndex={0} dir={dir} className="table-scroll">
    <table>{children}</table>
  </div>
);
