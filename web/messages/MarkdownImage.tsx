import { ImageOff } from 'lucide-react';
import type { ComponentProps } from 'react';
import type { ExtraProps } from 'streamdown';

/**
 * A picture from elsewhere is a request that a model can put a conversation into, so none is made: there is a link to
 * it, which the reader may follow. One that the answer holds itself (`data:`) never gets here: it is taken out before.
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
      {alt ? `${alt} (picture on ${host})` : `Picture on ${host}`}
    </a>
  );
};

const hostOf = (address: string): string | null => {
  const url = URL.parse(address);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.host : null;
};
