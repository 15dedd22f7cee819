import { getDocumentProxy } from 'unpdf';
import { type DocumentText, damagedFile, documentLimits, limitText, Unreadable } from './document.ts';

/** Reads the text of a PDF, page by page, each below a line with its number. Throws `Unreadable`. */
export const readPdf = async (bytes: Uint8Array): Promise<DocumentText> => {
  // Fonts are only needed to draw pages, and evaluated code of a PDF never.
  const options = { verbosity: 0, isEvalSupported: false, disableFontFace: true, useSystemFonts: false };
  const pdf = await getDocumentProxy(bytes, options).catch(unreadable);
  const texts: string[] = [];
  let length = 0;
  const readable = Math.min(pdf.numPages, documentLimits.pages);
  let number = 0;
  while (number < readable && length < documentLimits.textLength) {
    number += 1;
    const page = await pdf.getPage(number).catch(unreadable);
    const { items } = await page.getTextContent().catch(unreadable);
    const text = items
      .map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : ''))
      .join('')
      .trim();
    page.cleanup();
    if (text === '') continue;
    const shown = `[Page ${number}]\n${text}`;
    texts.push(shown);
    length += shown.length;
  }
  const { text, omittedLength } = limitText(texts.join('\n\n'));
  const left = pdf.numPages - number;
  const note = left > 0 ? `\n\n[${left} further pages are left out.]` : '';
  return { text: text === '' ? '' : text + note, omittedLength, pages: pdf.numPages };
};

const unreadable = (error: unknown): never => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'PasswordException') {
    throw new Unreadable('is encrypted. Remove its password, then attach it again.');
  }
  throw damagedFile(error);
};
