interface DescribedFile {
  readonly format: string;
  readonly size: number;
  readonly pages?: number | null;
  readonly tokens: number;
}

const plural = (count: number, noun: string): string =>
  `${count.toLocaleString()} ${noun}${count === 1 ? '' : 's'}`;

/** Describes a file for a person: its pages and tokens, or its size for an image. */
export const describeFile = ({ format, size, pages, tokens }: DescribedFile): string => {
  if (format === 'IMAGE') return `${Math.max(1, Math.round(size / 1000)).toLocaleString()} KB`;
  const length = `about ${plural(tokens, 'token')}`;
  return pages === null || pages === undefined
    ? length
    : `${plural(pages, format === 'XLSX' ? 'sheet' : 'page')}, ${length}`;
};
