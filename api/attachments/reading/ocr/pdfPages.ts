import { PDFiumLibrary } from '@hyzyla/pdfium';
import { damagedFile } from '../document.ts';
import { type GrayImage, maxSide } from './pixels.ts';

/** Draws pages of a PDF. */
export interface PdfPages {
  /** Draws a page by its number, from 1. Throws `Unreadable`. */
  draw(number: number): Promise<GrayImage>;
}

/** Opens a PDF to draw its pages with PDFium, which runs in WebAssembly. Throws `Unreadable`. */
export const openPdfPages = async (bytes: Uint8Array): Promise<PdfPages> => {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(bytes).catch(damaged);
  return {
    async draw(number) {
      try {
        const page = document.getPage(number - 1);
        const { originalWidth, originalHeight } = page.getOriginalSize();
        const scale = maxSide / Math.max(originalWidth, originalHeight, 1);
        const { width, height, data } = await page.render({ scale, render: 'bitmap', colorSpace: 'Gray' });
        return { width, height, pixels: new Uint8Array(data) };
      } catch (error) {
        return damaged(error);
      }
    },
  };
};

const damaged = (error: unknown): never => {
  throw damagedFile(error);
};
