import { t } from '@lingui/core/macro';
import type { MouseEvent, ReactNode } from 'react';
import { safeAddress } from './markdown/safeAddress.ts';

export interface MarkdownLinkProps {
  readonly href: string;
  readonly title: string | undefined;
  /** The id of the mark of a footnote. */
  readonly id: string | undefined;
  /** The accessible name, if it is not the content. */
  readonly label: string | undefined;
  readonly children?: ReactNode;
}

/** The address of a link whose address is still being written, by `remend`. */
const incomplete = 'streamdown:incomplete-link';

/**
 * A link whose address comes from the model. It sends no referrer and gives no access to this page. A link to a footnote,
 * or back to its mark, jumps within the answer.
 */
export const MarkdownLink = ({ href, title, id, label, children }: MarkdownLinkProps) => {
  // biome-ignore lint/a11y/useValidAnchor: its address follows
  if (href === incomplete) return <a>{children}</a>;
  const address = safeAddress(href);
  if (address === null) {
    return (
      <span title={t`Blocked address: ${href}`}>
        {children} {t`[blocked]`}
      </span>
    );
  }
  return address.startsWith('#') ? (
    <a href={address} id={id} aria-label={label} onClick={jump}>
      {children}
    </a>
  ) : (
    <a href={address} title={title} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
};

const jump = (event: MouseEvent<HTMLAnchorElement>): void => {
  event.preventDefault();
  const link = event.currentTarget;
  // Both are encoded alike.
  const id = link.hash.slice(1);
  // Every answer numbers its footnotes from 1.
  const marked = link.closest('.markdown')?.querySelectorAll<HTMLElement>('[id]') ?? [];
  const target = [...marked].find((element) => element.id === id);
  if (!target) return;
  if (!target.matches('a')) target.tabIndex = -1;
  target.scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
};
