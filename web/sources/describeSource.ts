import { t } from '@lingui/core/macro';

interface DescribedSource {
  readonly name: string | null | undefined;
  readonly page: number | null | undefined;
  readonly heading: string | null | undefined;
}

/** Names the place of a passage: its document with its page or heading. */
export const describeSource = ({ name, page, heading }: DescribedSource): string => {
  if (!name) return t`A deleted document`;
  // By the name: a further field of each source would make the document of the page too costly.
  if (page && /\.(?:pptx|odp)$/i.test(name)) return t`${name}, slide ${page}`;
  if (page) return t`${name}, page ${page}`;
  return heading
    ? t({ message: `${name}, ${heading}`, comment: 'A document, and the heading of the cited passage in it' })
    : name;
};
