import mammoth from 'mammoth';
import readWorkbook from 'read-excel-file/node';
import { type DocumentText, damagedFile, documentLimits, limitText, Unreadable } from './document.ts';
import { readHtml } from './html.ts';
import { checkZip } from './zip.ts';

/** Reads the text of a Word document, with its headings, lists and tables. Throws `Unreadable`. */
export const readDocx = async (bytes: Buffer): Promise<DocumentText> => {
  await checkZip(bytes);
  // Images would be embedded as base64, and become text.
  const options = {
    convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
    externalFileAccess: false,
  };
  const { value } = await mammoth.convertToHtml({ buffer: bytes }, options).catch(damaged);
  return { ...readHtml(value), pages: null };
};

/** Reads the cells of a workbook as CSV, each sheet below a line with its name. Throws `Unreadable`. */
export const readXlsx = async (bytes: Buffer): Promise<DocumentText> => {
  await checkZip(bytes);
  const sheets = await readWorkbook(bytes, { trim: false }).catch(damaged);
  let cells = 0;
  const texts: string[] = [];
  for (const { sheet, data } of sheets) {
    const lines: string[] = [];
    for (const row of data) {
      cells += row.length;
      if (cells > documentLimits.cells) {
        throw new Unreadable(`has more than ${documentLimits.cells} cells. Split it into smaller files.`);
      }
      const line = row.map(fieldOf).join(',').replace(/,+$/, '');
      if (line !== '') lines.push(line);
    }
    if (lines.length > 0) texts.push(`[Sheet ${sheet}]\n${lines.join('\n')}`);
  }
  return { ...limitText(texts.join('\n\n')), pages: sheets.length };
};

/** Returns a cell as a field of CSV (RFC 4180). */
const fieldOf = (cell: unknown): string => {
  if (cell === null || cell === undefined) return '';
  const text = cell instanceof Date ? cell.toISOString() : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const damaged = (error: unknown): never => {
  if (error instanceof Unreadable) throw error;
  throw damagedFile(error);
};
