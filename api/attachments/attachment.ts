import type { AttachmentFormat } from '../config/values/attachmentFormats.ts';

/** A file of a user. Its bytes are in `AttachmentFiles`, its text is in the store beside it. */
export interface Attachment {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  /** The conversation that it was sent in; null until a message was sent with it. */
  readonly conversationId: string | null;
  /** The collection that it is in; null: none. It is deleted when neither a conversation nor a collection has it. */
  readonly collectionId: string | null;
  /** The file name, without a path. */
  readonly name: string;
  readonly format: AttachmentFormat;
  /** The media type by content, such as `application/pdf`. */
  readonly mediaType: string;
  /** Bytes of the stored file. An image is stored resized and without metadata. */
  readonly size: number;
  /** SHA-256 of the stored file, in hexadecimal. */
  readonly sha256: string;
  /** The key of the file in `AttachmentFiles`. */
  readonly fileKey: string;
  /** Pages of a PDF, sheets of a workbook; null for other formats. */
  readonly pages: number | null;
  /** The length of the stored text in UTF-16 units; 0 for an image without text that OCR read. */
  readonly textLength: number;
  /** How much of the file's text was not stored because it is too long, in UTF-16 units. */
  readonly omittedLength: number;
  /** The estimated tokens of the stored text. */
  readonly tokens: number;
  /** The beginning of the text. */
  readonly preview: string;
  /** The size of an image in pixels; null for other formats. */
  readonly width: number | null;
  readonly height: number | null;
  /** The bytes that count towards the storage limit: the file, the text and a flat amount. */
  readonly storedBytes: number;
  readonly createdAt: Date;
}

/** Whether an attachment has a text: every document has one, and an image if OCR read one. */
export const hasText = ({ textLength }: Pick<Attachment, 'textLength'>): boolean => textLength > 0;
