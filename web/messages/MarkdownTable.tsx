import type { ComponentProps } from 'react';
import type { ExtraProps } from 'streamdown';

/** A wide table scrolls by itself, by keyboard too, and leaves the page where it is. */
export const MarkdownTable = ({ node: _, children }: ComponentProps<'table'> & ExtraProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
  // biome-ignore lint/a11y/useSemanticElements: a region, so that the name is read on reaching it
  <div role="region" aria-label="Table" tabIndex={0} className="table-scroll">
    <table>{children}</table>
  </div>
);
