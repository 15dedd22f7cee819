import { t } from '@lingui/core/macro';
import { ImageOff } from 'lucide-react';
import { safeAddress } from './markdown/safeAddress.ts';

export interface MarkdownImageProps {
  readonly src: string;
  /** Empty: none. */
  readonly alt: string;
}

/** The address of an image whose address is still being written, by `remend`. */
const incomplete = 'streamdown:incomplete-image';

/**
 * Shows a link instead of a remote image: fetching it would send a request into which a model can put parts of the
 * conversation. The reader may follow the link. Inline images (`data:`) are not shown either.
 */
export const MarkdownImage = ({ src, alt }: MarkdownImageProps) => {
  const address = safeAddress(src);
  if (src === incomplete || address?.startsWith('/') || address?.startsWith('.')) return <span>{alt}</span>;
  const url = address === null ? null : URL.parse(address);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    return <span>{alt ? t`[Picture blocked: ${alt}]` : t`[Picture blocked]`}</span>;
  const { host, href } = url;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="inline-flex items-center gap-1.5"
    >
      <ImageOff size={15} aria-hidden="true" className="shrink-0" />
      {alt ? t`${alt} (picture on ${host})` : t`Picture on ${host}`}
    </a>
  );
};
