import type { AttachmentFormat } from '../../config/values/attachmentFormats.ts';
import { decodeText, startsWith } from './decodeText.ts';
import { Unreadable } from './document.ts';
import { entryNamesOf } from './zip.ts';

/** The format of a file by its content, and its media type. */
export interface Sniffed {
  readonly format: AttachmentFormat;
  readonly mediaType: string;
}

const supported =
  'Supported are text, code, Markdown, CSV, HTML, PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, EPUB, EML, PNG, JPEG, WebP, GIF and AVIF';

/** Formats that many people have, by their first bytes, for an error that names them. */
const unsupported: readonly (readonly [signature: string, name: string])[] = [
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an old or an encrypted Office document'],
  ['{\\rtf', 'RTF'],
  ['Rar!', 'a RAR archive'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program'],
  ['ID3', 'audio'],
  ['OggS', 'audio'],
];

/** Detects the format of a file by its content; its name only tells HTML and e-mail from other text. Throws `Unreadable`. */
export const sniff = async (bytes: Buffer, name: string): Promise<Sniffed> => {
  const image = imageTypeOf(bytes);
  if (image !== null) return { format: 'IMAGE', mediaType: image };
  // The header may follow up to 1,024 bytes of something else (ISO 32000-1, annex H.3.4.1).
  if (bytes.subarray(0, 1024).includes('%PDF-')) return { format: 'PDF', mediaType: 'application/pdf' };
  if (startsWith(bytes, 'PK\x03\x04')) return sniffZip(bytes);
  if (isEmail(bytes, name)) return { format: 'EMAIL', mediaType: 'message/rfc822' };
  const [, found] = unsupported.find(([signature]) => startsWith(bytes, signature)) ?? [];
  if (found) throw new Unreadable(`is ${found}, which can't be read. ${supported}.`);
  if (!isTextAtStart(bytes)) throw unknownFormat();
  return isHtml(bytes, name)
    ? { format: 'HTML', mediaType: 'text/html' }
    : { format: 'TEXT', mediaType: textTypeOf(name) };
};

const imageTypeOf = (bytes: Buffer): string | null => {
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (startsWith(bytes, '\xff\xd8\xff')) return 'image/jpeg';
  if (startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a')) return 'image/gif';
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8)) return 'image/webp';
  if (startsWith(bytes, 'ftypavif', 4)) return 'image/avif';
  return null;
};

const office = 'application/vnd.openxmlformats-officedocument';

/** ZIP-based formats by an entry that each has, for an error that names them. */
const unsupportedZips: readonly (readonly [entry: string, name: string])[] = [
  ['content.xml', 'an OpenDocument file that is no text, spreadsheet or presentation'],
];

const openDocuments: Readonly<Record<string, AttachmentFormat>> = {
  text: 'ODT',
  spreadsheet: 'ODS',
  presentation: 'ODP',
};

/** Detects a document or template by its first entry, which is uncompressed for this purpose (OpenDocument 1.3, part 2, 3.3). */
const openDocumentOf = (bytes: Buffer): Sniffed | null => {
  const start = bytes.subarray(30, 120).toString('latin1');
  const [, type = ''] =
    /^mimetypeapplication\/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)(?:-template)?PK/.exec(
      start,
    ) ?? [];
  const format = openDocuments[type];
  return format ? { format, mediaType: `application/vnd.oasis.opendocument.${type}` } : null;
};

const sniffZip = async (bytes: Buffer): Promise<Sniffed> => {
  const openDocument = openDocumentOf(bytes);
  if (openDocument !== null) return openDocument;
  const names = new Set(await entryNamesOf(bytes));
  if (names.has('word/document.xml')) {
    return { format: 'DOCX', mediaType: `${office}.wordprocessingml.document` };
  }
  if (names.has('xl/workbook.xml')) return { format: 'XLSX', mediaType: `${office}.spreadsheetml.sheet` };
  if (names.has('ppt/presentation.xml')) {
    return { format: 'PPTX', mediaType: `${office}.presentationml.presentation` };
  }
  if (names.has('META-INF/container.xml')) return { format: 'EPUB', mediaType: 'application/epub+zip' };
  const [, found] = unsupportedZips.find(([name]) => names.has(name)) ?? [];
  if (found) throw new Unreadable(`is ${found}, which can't be read. Save it as a PDF. ${supported}.`);
  throw new Unreadable(`is a ZIP archive. Unpack it, and attach the files in it. ${supported}.`);
};

/** A saved message begins with header fields (RFC 5322), after the line that mailbox files put before each message. */
const isEmail = (bytes: Buffer, name: string): boolean =>
  /\.eml$/i.test(name) &&
  /^(?:From [^\n]*\n)?[!-9;-~]+:[^\n]*\n/.test(bytes.subarray(0, 8192).toString('latin1'));

const isHtml = (bytes: Buffer, name: string): boolean =>
  /\.x?html?$/i.test(name) ||
  /^\s*(?:<!doctype html|<html[\s>])/i.test(bytes.subarray(0, 256).toString('latin1'));

const textTypeOf = (name: string): string => {
  if (/\.csv$/i.test(name)) return 'text/csv';
  if (/\.(?:md|markdown)$/i.test(name)) return 'text/markdown';
  if (/\.json$/i.test(name)) return 'application/json';
  return 'text/plain';
};

export const unknownFormat = () => new Unreadable(`has a format that can't be read. ${supported}.`);

/** The bytes that are decoded to detect text. The thread that reads the file decodes the rest. */
const detectedBytes = 65_536;

const isTextAtStart = (bytes: Uint8Array): boolean =>
  decodeText(bytes.subarray(0, detectedBytes), bytes.byteLength > detectedBytes) !== null;
