import type { ComponentProps } from 'react';
import type { ExtraProps } from 'streamdown';

/** A link whose address comes from the model. It sends no referrer and gives no access to this page. */
export const MarkdownLink = ({ node: _, href, children, title }: ComponentProps<'a'> & ExtraProps) => (
  <a href={href} title={title} target="_blank" rel="noopener noreferrer nofollow">
    {children}
  </a>
);
