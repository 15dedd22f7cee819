import { cutText } from '../../text/cutText.ts';

export type { DocumentFormat } from '../../config/values/attachmentFormats.ts';

/** What a reader gets of a document. */
export interface DocumentText {
  readonly text: string;
  /** Pages of a PDF, sheets of a workbook, slides of a presentation; null for other formats. */
  readonly pages: number | null;
  /** How much of the text was cut off at its end, in UTF-16 units. */
  readonly omittedLength: number;
}

/** A file that can't be read. The message completes the sentence `"report.pdf" …`. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** The failure for a file that its library can't read. The libraries throw errors of many kinds for damaged files. */
export const damagedFile = (cause?: unknown): Unreadable =>
  new Unreadable('is damaged. Open it in its program, save it again, then attach it.', { cause });

/** Limits of a document. */
export const documentLimits = {
  /** The length of the text in UTF-16 units. The rest is cut off. */
  textLength: 2_000_000,
  /** Pages of a PDF. The rest is not read. */
  pages: 2_000,
  /** Bytes of all files in a ZIP archive together, uncompressed. */
  uncompressedBytes: 100_000_000,
  /** Files in a ZIP archive. */
  entries: 5_000,
  /** Cells of a workbook, empty ones included. */
  cells: 1_000_000,
} as const;

/** The parts of a document, such as its pages. */
export interface Parts {
  readonly count: number;
  /** The maximum number of parts to read. Absent: all. */
  readonly limit?: number;
  /** For the note about parts that are left out, in the plural. */
  readonly noun: string;
  /** Resolves to the text of a part by its number, from 1; empty if it has none. */
  read(number: number): Promise<string>;
}

/** Reads the parts in order, as far as the limits go, and says how many are left out. */
export const readParts = async ({
  count,
  limit = count,
  noun,
  read,
}: Parts): Promise<Pick<DocumentText, 'text' | 'omittedLength'>> => {
  const texts: string[] = [];
  let [number, length] = [0, 0];
  while (number < Math.min(count, limit) && length < documentLimits.textLength) {
    number += 1;
    const part = await read(number);
    if (part === '') continue;
    texts.push(part);
    length += part.length;
  }
  const { text, omittedLength } = limitText(texts.join('\n\n'));
  const left = count - number;
  const note = left > 0 && text !== '' ? `\n\n[${left} further ${noun} are left out.]` : '';
  return { text: text + note, omittedLength };
};

/** Cuts a text at the limit, between two characters. */
export const limitText = (text: string): Pick<DocumentText, 'text' | 'omittedLength'> => {
  const kept = cutText(text, documentLimits.textLength);
  return { text: kept, omittedLength: text.length - kept.length };
};
