import type { AttachmentFormat } from '../../config/values/attachmentFormats.ts';
import { cutText } from '../../text/cutText.ts';
import { type Passage, passageLimits } from './passage.ts';

/** A line of a text with its range, without the line break. */
interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const codeFile =
  /\.(c|cc|cpp|cs|dart|ex|exs|go|h|hpp|java|jsx?|kt|lua|mjs|php|pl|py|rb|rs|scala|sh|sql|swift|tsx?|vue|zig)$/i;

/** A declaration at the left margin, in the usual languages. */
const symbol =
  /^(?:(?:export|default|public|private|protected|internal|static|abstract|final|async|pub(?:\([a-z]+\))?|declare|unsafe)\s+)*(?:function|class|interface|type|enum|def|fn|func|struct|impl|trait|mod|module|namespace|object|record|protocol|extension|CREATE\s+\w+)\b.*|^(?:export\s+)?(?:const|let|var)\s+[\w$]+\s*=\s*(?:async\s*)?(?:\(|function\b|[\w$]+\s*=>).*/;

/** The marks of pages by format. */
const pageMarks: Partial<Record<AttachmentFormat, RegExp>> = {
  PDF: /^\[Page (\d{1,7})(?:, read by OCR)?\]$/,
  PPTX: /^\[Slide (\d{1,7})\]$/,
  ODP: /^\[Slide (\d{1,7})\]$/,
};
const workbooks: ReadonlySet<AttachmentFormat> = new Set(['XLSX', 'ODS']);
const sheetMark = /^\[Sheet (.+)\]$/;
const markdownHeading = /^ {0,3}#{1,6}\s+(\S.*?)\s*#*$/;
const numberedHeading =
  /^(?:\d+(?:\.\d+){0,4}\.?|chapter\s+\w+|kapitel\s+\w+|part\s+\w+|section\s+\w+|appendix\s+\w+)[\s:.–-].{0,90}$/i;

/**
 * Splits a document's text into passages: at pages, headings, sheets and symbols of code, then at paragraphs, sentences and
 * words. Each passage is at most `passageLimits.maxLength` long and never ends within a character. Together they have all
 * of the text except for white space and page marks. Takes time in proportion to the text's length.
 */
export const splitPassages = (text: string, format: AttachmentFormat, name: string): readonly Passage[] => {
  const passages: Passage[] = [];
  const isCode = format === 'TEXT' && codeFile.test(name);
  let page: number | null = null;
  let heading: string | null = null;
  /** The passage that is being collected. */
  let start = -1;
  let end = -1;
  let above: string | null = null;

  const flush = () => {
    if (start < 0) return;
    for (const [from, to] of piecesOf(text, start, end)) {
      if (passages.length >= passageLimits.count) break;
      passages.push({ number: passages.length, start: from, end: to, page, heading: above });
    }
    start = -1;
  };

  let isAfterBlank = true;
  for (const line of linesOf(text)) {
    const bare = line.text.trim();
    if (bare === '') {
      // A paragraph ends: the next one may begin another passage.
      if (start >= 0 && end - start >= passageLimits.length) flush();
      isAfterBlank = true;
      continue;
    }
    const onPage = pageMarks[format]?.exec(bare);
    if (onPage) {
      flush();
      page = Number(onPage[1]);
      isAfterBlank = true;
      continue;
    }
    const found = headingOf(line.text, { format, isCode, isAfterBlank });
    if (found !== null) {
      if (start >= 0 && (end - start >= passageLimits.minLength || workbooks.has(format))) flush();
      heading = cutText(found, passageLimits.heading);
    } else if (start >= 0 && line.end - start > passageLimits.maxLength) flush();
    if (start < 0) {
      start = line.start;
      above = heading;
    }
    end = line.end;
    isAfterBlank = false;
  }
  flush();
  return passages;
};

function* linesOf(text: string): Generator<Line, void, undefined> {
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    yield { text: text.slice(start, Math.min(end, start + 2_000)), start, end };
    start = end + 1;
  }
}

const keepsHeadings: ReadonlySet<AttachmentFormat> = new Set(['DOCX', 'HTML', 'PPTX', 'ODT', 'ODP', 'EPUB']);

const headingOf = (
  line: string,
  {
    format,
    isCode,
    isAfterBlank,
  }: { readonly format: AttachmentFormat; readonly isCode: boolean; readonly isAfterBlank: boolean },
): string | null => {
  if (line.length > 300) return null;
  if (isCode) return symbol.test(line) ? line.trim().replace(/\s*[{(:]\s*$/, '') : null;
  const bare = line.trim();
  if (workbooks.has(format)) return sheetMark.exec(bare)?.[1] ?? null;
  const marked = markdownHeading.exec(line)?.[1];
  if (marked !== undefined) return marked;
  if (numberedHeading.test(bare) && !/[.!?,;]$/.test(bare)) return bare;
  // Readers of these keep headings as lines between empty ones, and titles of slides as their first lines.
  const isShort = bare.length <= 80 && /^[\p{Lu}\p{Lo}]/u.test(bare) && !/[.!?,;:]$/.test(bare);
  return isAfterBlank && isShort && keepsHeadings.has(format) ? bare : null;
};

/** Cuts a range into pieces of at most the maximum length, at the best place near the wanted length. */
function* piecesOf(text: string, start: number, end: number): Generator<[number, number], void, undefined> {
  let from = start;
  while (end - from > passageLimits.maxLength) {
    const to = cutIn(text, from);
    if (text.slice(from, to).trim() !== '') yield [from, to];
    from = to;
  }
  if (text.slice(from, end).trim() !== '') yield [from, end];
}

/** Returns where a long text is cut: after a line, a sentence or a word, else between two characters. */
const cutIn = (text: string, from: number): number => {
  const { length, maxLength } = passageLimits;
  const within = text.slice(from, from + maxLength);
  const least = Math.floor(length / 2);
  for (const boundary of ['\n', '. ', '。', ' ']) {
    const at = within.lastIndexOf(boundary);
    if (at >= least) return from + at + boundary.length;
  }
  return from + cutText(text.slice(from, from + maxLength + 1), maxLength).length;
};
