import mammoth from 'mammoth';
import readWorkbook from 'read-excel-file/node';
import { cellLimit, csvLine } from './csv.ts';
import { type DocumentText, damagedFile, limitText, Unreadable } from './document.ts';
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
  const limit = cellLimit();
  const texts: string[] = [];
  for (const { sheet, data } of sheets) {
    const lines: string[] = [];
    for (const row of data) {
      limit.add(row.length);
      const line = csvLine(row.map(textOf));
      if (line !== '') lines.push(line);
    }
    if (lines.length > 0) texts.push(`[Sheet ${sheet}]\n${lines.join('\n')}`);
  }
  return { ...limitText(texts.join('\n\n')), pages: sheets.length };
};

const textOf = (cell: unknown): string => {
  if (cell === null || cell === undefined) return '';
  return cell instanceof Date ? cell.toISOString() : String(cell);
};

const damaged = (error: unknown): never => {
  if (error instanceof Unreadable) throw error;
  throw damagedFile(error);
};
