import { parentPort, workerData } from 'node:worker_threads';
import type { AttachmentFormat } from '../../config/values/attachmentFormats.ts';
import { estimateTextTokens } from '../../engine/estimate.ts';
import type { NewPassage } from '../passages/passage.ts';
import { splitPassages } from '../passages/split.ts';
import { passageTerms } from '../passages/terms.ts';
import { decodeText } from './decodeText.ts';
import { type DocumentText, limitText, Unreadable } from './document.ts';
import type { GrayImage } from './ocr/pixels.ts';
import type { OcrJob } from './ocr/scans.ts';
import { unknownFormat } from './sniff.ts';

// The entry of the worker thread that reads one document. Libraries are loaded for the format at hand only.

/** What the thread is started with. */
export interface ReadingJob {
  readonly format: AttachmentFormat;
  /** The file; of an image its pixels, one byte each. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The name of a document whose text is to be split into passages; null: it isn't. */
  readonly splitName: string | null;
  /** Whether the bytes are the text of the document, in UTF-8, so that it is split only. */
  readonly isText: boolean;
  /** Null: no text is recognized. */
  readonly ocr: OcrJob | null;
  /** The size of an image; null for documents. */
  readonly imageSize: Pick<GrayImage, 'width' | 'height'> | null;
}

/** The only message of the thread. */
export type ReadingResult =
  | {
      readonly document: DocumentText & { readonly tokens: number; readonly passages: readonly NewPassage[] };
    }
  | { readonly unreadable: string };

const read = async ({ format, bytes: array, isText, ocr, imageSize }: ReadingJob): Promise<DocumentText> => {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  if (isText) return { text: bytes.toString('utf8'), pages: null, omittedLength: 0 };
  switch (format) {
    case 'PDF':
      return (await import('./pdf.ts')).readPdf(array, ocr);
    case 'DOCX':
      return (await import('./office.ts')).readDocx(bytes);
    case 'XLSX':
      return (await import('./office.ts')).readXlsx(bytes);
    case 'PPTX':
      return (await import('./pptx.ts')).readPptx(bytes);
    case 'ODT':
      return (await import('./openDocument.ts')).readOdt(bytes);
    case 'ODS':
      return (await import('./openDocument.ts')).readOds(bytes);
    case 'ODP':
      return (await import('./openDocument.ts')).readOdp(bytes);
    case 'EPUB':
      return (await import('./epub.ts')).readEpub(bytes);
    case 'EMAIL':
      return (await import('./email.ts')).readEmail(bytes);
    case 'HTML':
      return (await import('./html.ts')).readHtml(textOf(bytes));
    case 'TEXT':
      return { ...limitText(textOf(bytes)), pages: null };
    case 'IMAGE': {
      if (!ocr || !imageSize) throw new Error('ocr: an image needs languages and its size');
      const { recognize } = await (await import('./ocr/recognize.ts')).createRecognizer(ocr.languages);
      return { ...limitText(recognize({ ...imageSize, pixels: array })), pages: null };
    }
  }
};

const textOf = (bytes: Uint8Array): string => {
  const text = decodeText(bytes);
  if (text === null) throw unknownFormat();
  return text;
};

const passagesOf = (text: string, { format, splitName }: ReadingJob): readonly NewPassage[] =>
  splitName === null
    ? []
    : splitPassages(text, format, splitName).map((passage) => ({
        ...passage,
        terms: passageTerms(`${passage.heading ?? ''}\n${text.slice(passage.start, passage.end)}`),
      }));

const answer = async (job: ReadingJob): Promise<ReadingResult> => {
  try {
    const document = await read(job);
    const { text } = document;
    // Here, because both take long for megabytes.
    const tokens = job.isText ? 0 : estimateTextTokens(text);
    return { document: { ...document, tokens, passages: passagesOf(text, job) } };
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
};

parentPort?.postMessage(await answer(workerData as ReadingJob));
// A library may have left a timer or a stream open.
process.exit();
