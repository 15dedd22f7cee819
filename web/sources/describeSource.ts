interface DescribedSource {
  readonly name: string | null | undefined;
  readonly page: number | null | undefined;
  readonly heading: string | null | undefined;
}

/** Names the place of a passage: its document with its page or heading. */
export const describeSource = ({ name, page, heading }: DescribedSource): string => {
  if (!name) return 'A deleted document';
  if (page) return `${name}, page ${page}`;
  return heading ? `${name}, ${heading}` : name;
};
