import type { ComponentProps, MouseEvent } from 'react';
import type { ExtraProps } from 'streamdown';

/**
 * A link whose address comes from the model. It sends no referrer and gives no access to this page. A link to a footnote,
 * or back to its mark, jumps within the answer.
 */
export const MarkdownLink = ({
  node: _,
  href,
  children,
  title,
  ...props
}: ComponentProps<'a'> & ExtraProps) =>
  href?.startsWith('#') ? (
    <a href={href} id={props.id} aria-label={props['aria-label']} onClick={jump}>
      {children}
    </a>
  ) : (
    <a href={href} title={title} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );

const jump = (event: MouseEvent<HTMLAnchorElement>): void => {
  event.preventDefault();
  const link = event.currentTarget;
  const id = decodeURIComponent(link.hash.slice(1));
  // Every answer numbers its footnotes from 1.
  const marked = link.closest('.markdown')?.querySelectorAll<HTMLElement>('[id]') ?? [];
  const target = [...marked].find((element) => element.id === id);
  if (!target) return;
  if (!target.matches('a')) target.tabIndex = -1;
  target.scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
};
