import type { ComponentProps } from 'react';
import type { ExtraProps } from 'streamdown';

/** The address comes from the model: the page that it leads to learns nothing of this one. */
export const MarkdownLink = ({ node: _, href, children, title }: ComponentProps<'a'> & ExtraProps) => (
  <a href={href} title={title} target="_blank" rel="noopener noreferrer nofollow">
    {children}
  </a>
);
