import { getDocumentProxy } from 'unpdf';
import { type DocumentText, damagedFile, documentLimits, readParts, Unreadable } from './document.ts';
import { createScans, type OcrJob, withOmittedScans } from './ocr/scans.ts';

/**
 * Reads the text of a PDF, page by page, each below a line with its number. Recognizes pages without text if `ocr` is given.
 * Throws `Unreadable`.
 */
export const readPdf = async (bytes: Uint8Array, ocr: OcrJob | null): Promise<DocumentText> => {
  // pdf.js takes the bytes away.
  const scans = ocr && createScans(Uint8Array.from(bytes), ocr);
  // Fonts are only needed to draw pages, and evaluated code of a PDF never.
  const options = { verbosity: 0, isEvalSupported: false, disableFontFace: true, useSystemFonts: false };
  const pdf = await getDocumentProxy(bytes, options).catch(unreadable);
  const pages = pdf.numPages;
  const read = async (number: number): Promise<string> => {
    const page = await pdf.getPage(number).catch(unreadable);
    const { items } = await page.getTextContent().catch(unreadable);
    const text = items
      .map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : ''))
      .join('')
      .trim();
    page.cleanup();
    if (text !== '') return `[Page ${number}]\n${text}`;
    const recognized = (await scans?.read(number)) ?? '';
    return recognized === '' ? '' : `[Page ${number}, read by OCR]\n${recognized}`;
  };
  const parts = await readParts({ count: pages, limit: documentLimits.pages, noun: 'pages', read });
  return withOmittedScans({ ...parts, pages }, scans?.omitted() ?? 0);
};

const unreadable = (error: unknown): never => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'PasswordException') {
    throw new Unreadable('is encrypted. Remove its password, then attach it again.');
  }
  throw damagedFile(error);
};
