import { parentPort, workerData } from 'node:worker_threads';
import { estimateTextTokens } from '../../engine/estimate.ts';
import { type DocumentFormat, type DocumentText, limitText, Unreadable } from './document.ts';
import { decodeText, unknownFormat } from './sniff.ts';

// The entry of the worker thread that reads one document. Libraries are loaded for the format at hand only.

/** What the thread is started with. */
export interface ReadingJob {
  readonly format: DocumentFormat;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The only message of the thread. */
export type ReadingResult =
  | { readonly document: DocumentText & { readonly tokens: number } }
  | { readonly unreadable: string };

const read = async ({ format, bytes: array }: ReadingJob): Promise<DocumentText> => {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  switch (format) {
    case 'PDF':
      return (await import('./pdf.ts')).readPdf(array);
    case 'DOCX':
      return (await import('./office.ts')).readDocx(bytes);
    case 'XLSX':
      return (await import('./office.ts')).readXlsx(bytes);
    case 'HTML':
      return (await import('./html.ts')).readHtml(textOf(bytes));
    case 'TEXT':
      return { ...limitText(textOf(bytes)), pages: null };
  }
};

const textOf = (bytes: Uint8Array): string => {
  const text = decodeText(bytes);
  if (text === null) throw unknownFormat();
  return text;
};

const answer = async (job: ReadingJob): Promise<ReadingResult> => {
  try {
    const document = await read(job);
    // Here, because it takes long for megabytes.
    return { document: { ...document, tokens: estimateTextTokens(document.text) } };
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
};

parentPort?.postMessage(await answer(workerData as ReadingJob));
// A library may have left a timer or a stream open.
process.exit();
