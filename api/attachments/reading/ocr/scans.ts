import type { DocumentText } from '../document.ts';
import type { OcrLanguage } from './languages.ts';
import { openPdfPages, type PdfPages } from './pdfPages.ts';
import { createRecognizer, type Recognizer } from './recognize.ts';

/** How a thread recognizes text. */
export interface OcrJob {
  readonly languages: readonly OcrLanguage[];
  /** How long pages may be begun, in ms. The rest is left out. */
  readonly budgetMs: number;
}

/** Recognizes the pages of a PDF that have no text. */
export interface Scans {
  /** Returns the text of a page by its number, from 1; empty if it has none, or if the time is used up. */
  read(number: number): Promise<string>;
  /** The number of pages that were left out because the time was used up. */
  readonly omitted: () => number;
}

/** Creates the reader of scanned pages. What it needs is loaded for the first one. `bytes` are kept. */
export const createScans = (bytes: Uint8Array, { languages, budgetMs }: OcrJob): Scans => {
  let opened: { readonly pages: PdfPages; readonly recognizer: Recognizer } | null = null;
  const until = performance.now() + budgetMs;
  let omitted = 0;
  return {
    async read(number) {
      if (performance.now() > until) {
        omitted += 1;
        return '';
      }
      opened ??= { pages: await openPdfPages(bytes), recognizer: await createRecognizer(languages) };
      return opened.recognizer.recognize(await opened.pages.draw(number));
    },
    omitted: () => omitted,
  };
};

/** Says at the end of a text that scanned pages are left out. */
export const withOmittedScans = (document: DocumentText, omitted: number): DocumentText =>
  omitted === 0 || document.text === ''
    ? document
    : {
        ...document,
        text: `${document.text}\n\n[${omitted} scanned pages are left out: OCR would take too long.]`,
      };
