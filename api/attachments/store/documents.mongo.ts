import type { Binary, Collection } from 'mongodb';
import type { Attachment } from '../attachment.ts';
import type { IndexDocument } from '../passages/store/documents.mongo.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly attachments: Collection<AttachmentDocument>;
    readonly attachmentTexts: Collection<AttachmentTextDocument>;
    readonly attachmentParts: Collection<AttachmentPartDocument>;
  }
}

export interface AttachmentDocument extends Omit<Attachment, 'id' | 'collectionId'> {
  readonly _id: string;
  /** Absent in documents of earlier releases: null. */
  readonly collectionId?: string | null;
  /** Absent for images, and for documents of earlier releases until they are found. */
  readonly index?: IndexDocument;
}

/** The text of the attachment with the same `_id`. */
export interface AttachmentTextDocument {
  readonly _id: string;
  readonly text: string;
}

/** A part of an unfinished upload. Its `_id` is unique by upload and offset. */
export interface AttachmentPartDocument {
  readonly _id: string;
  readonly upload: string;
  readonly offset: number;
  readonly length: number;
  readonly bytes: Binary;
  readonly createdAt: Date;
}

export const attachmentDocumentOf = ({ id, ...rest }: Attachment): AttachmentDocument => ({
  _id: id,
  ...rest,
  ...(rest.format !== 'IMAGE' && {
    index: { passages: null, embedded: 0, model: null, at: rest.createdAt },
  }),
});

export const attachmentOf = ({
  _id,
  index: _,
  collectionId = null,
  ...rest
}: AttachmentDocument): Attachment => ({
  id: _id,
  ...rest,
  collectionId,
});
