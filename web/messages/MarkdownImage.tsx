import { t } from '@lingui/core/macro';
import { ImageOff } from 'lucide-react';
import { safeAddress } from './markdown/safeAddress.ts';

export interface MarkdownImageProps {
  readonly src: string;
  /** Empty: none. */
  readonly alt: string;
  /** Whether it is the content of a link, which then stays the only one. */
  readonly isInLink: boolean;
}

/** The address of an image whose address is still being written, by `remend`. */
const incomplete = 'streamdown:incomplete-image';

/**
 * Shows a link instead of a remote image: fetching it would send a request into which a model can put parts of the
 * conversation. The reader may follow the link. Inline images (`data:`) are not shown either.
 */
export const MarkdownImage = ({ src, alt, isInLink }: MarkdownImageProps) => {
  const address = safeAddress(src);
  if (src === incomplete || address?.startsWith('/') || address?.startsWith('.')) return <span>{alt}</span>;
  const url = address === null ? null : URL.parse(address);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    return <span>{alt ? t`[Picture blocked: ${alt}]` : t`[Picture blocked]`}</span>;
  const { host, href } = url;
  const shown = (
    <>
      <ImageOff size={15} aria-hidden="true" className="shrink-0 self-center" />
      {alt ? t`${alt} (picture on ${host})` : t`Picture on ${host}`}
    </>
  );
  const layout = 'inline-flex items-baseline gap-1.5';
  if (isInLink) return <span className={`${layout} [text-decoration:inherit]`}>{shown}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" className={layout}>
      {shown}
    </a>
  );
};
