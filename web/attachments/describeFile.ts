import { plural, t } from '@lingui/core/macro';
import { locale } from '../language/language.ts';

interface DescribedFile {
  readonly format: string;
  readonly size: number;
  readonly pages?: number | null;
  readonly tokens: number;
}

/** Describes a file for a person: its pages and tokens, or its size for an image, with the text that OCR read from it. */
export const describeFile = ({ format, size, pages, tokens }: DescribedFile): string => {
  if (format === 'IMAGE') {
    const kilobytes = Math.max(1, Math.round(size / 1000)).toLocaleString(locale());
    const kb = t`${kilobytes} KB`;
    return tokens === 0 ? kb : unitsOf([kb, recognized(tokens)]);
  }
  const length = plural(tokens, { one: 'about # token', other: 'about # tokens' });
  if (pages === null || pages === undefined) return length;
  return unitsOf([partsOf(format, pages), length]);
};

/** Says where the text of an image comes from. */
const recognized = (tokens: number): string =>
  plural(tokens, {
    one: 'text read from the image by OCR: about # token',
    other: 'text read from the image by OCR: about # tokens',
  });

const unitsOf = (parts: readonly string[]): string =>
  new Intl.ListFormat(locale(), { type: 'unit', style: 'short' }).format(parts);

const partsOf = (format: string, pages: number): string => {
  switch (format) {
    case 'XLSX':
    case 'ODS':
      return plural(pages, { one: '# sheet', other: '# sheets' });
    case 'PPTX':
    case 'ODP':
      return plural(pages, { one: '# slide', other: '# slides' });
    default:
      return plural(pages, { one: '# page', other: '# pages' });
  }
};
