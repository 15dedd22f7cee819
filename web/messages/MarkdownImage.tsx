import { t } from '@lingui/core/macro';
import { ImageOff } from 'lucide-react';
import type { ComponentProps } from 'react';
import type { ExtraProps } from 'streamdown';

/**
 * Shows a link instead of a remote image: fetching it would send a request into which a model can put parts of the
 * conversation. The reader may follow the link. Inline images (`data:`) never get here: they are removed before.
 */
export const MarkdownImage = ({ node: _, src, alt }: ComponentProps<'img'> & ExtraProps) => {
  const address = typeof src === 'string' ? src : '';
  const host = hostOf(address);
  if (!host) return <span>{alt}</span>;
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="inline-flex items-center gap-1.5"
    >
      <ImageOff size={15} aria-hidden="true" className="shrink-0" />
      {alt ? t`${alt} (picture on ${host})` : t`Picture on ${host}`}
    </a>
  );
};

const hostOf = (address: string): string | null => {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.host : null;
};
