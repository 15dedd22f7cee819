/** The formats of files that can be attached. */
export const attachmentFormats = [
  'TEXT',
  'HTML',
  'PDF',
  'DOCX',
  'XLSX',
  'PPTX',
  'ODT',
  'ODS',
  'ODP',
  'EPUB',
  'EMAIL',
  'IMAGE',
] as const;

export type AttachmentFormat = (typeof attachmentFormats)[number];

/** A document: its text is read. */
export type DocumentFormat = Exclude<AttachmentFormat, 'IMAGE'>;

const isFormat = (name: string): name is AttachmentFormat =>
  (attachmentFormats as readonly string[]).includes(name);

/** Parses formats joined by `+`, such as `pdf+image`, regardless of case. Returns null if one is unknown. */
export const parseAttachmentFormats = (text: string): readonly AttachmentFormat[] | null => {
  const names = text.split('+').map((name) => name.trim().toUpperCase());
  return names.every(isFormat) ? names : null;
};
