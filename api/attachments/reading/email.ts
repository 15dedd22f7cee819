import PostalMime, { type Address } from 'postal-mime';
import { type DocumentText, limitText } from './document.ts';
import { readHtml } from './html.ts';

/** Reads an e-mail: who, when and the subject, then its text. Its files are named, and not read. */
export const readEmail = async (bytes: Buffer): Promise<DocumentText> => {
  const mail = await PostalMime.parse(bytes);
  const fields = [
    ['From', addressesOf(mail.from ? [mail.from] : [])],
    ['To', addressesOf(mail.to)],
    ['Cc', addressesOf(mail.cc)],
    ['Date', mail.date ?? ''],
    ['Subject', mail.subject ?? ''],
  ].filter(([, value]) => value !== '');
  const html = mail.html === undefined ? null : readHtml(mail.html);
  // The plain text of some programs is empty, or asks for a program that shows HTML.
  const isTextShort = (mail.text?.trim().length ?? 0) * 4 < (html?.text.length ?? 0);
  const text = isTextShort ? html?.text : mail.text?.trim();
  const files = mail.attachments.map(({ filename, mimeType }) => filename ?? mimeType);
  const parts = [
    fields.map(([name, value]) => `${name}: ${oneLine(value ?? '')}`).join('\n'),
    text ?? '',
    files.length === 0 ? '' : `[Attached files, not read: ${oneLine(files.join(', '))}]`,
  ];
  const limited = limitText(parts.filter((part) => part !== '').join('\n\n'));
  return {
    text: limited.text,
    omittedLength: limited.omittedLength + (isTextShort ? (html?.omittedLength ?? 0) : 0),
    pages: null,
  };
};

const addressesOf = (addresses: readonly Address[] | undefined): string =>
  (addresses ?? [])
    .flatMap((one) => one.group ?? [one])
    .map(({ name, address }) => (name === '' ? address : `${name} <${address}>`))
    .join(', ');

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
