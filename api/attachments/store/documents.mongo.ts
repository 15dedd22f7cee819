import type { Binary, Collection } from 'mongodb';
import { onlyInCollection } from '../../mongo/hiddenAttachments.ts';
import { type Attachment, hasText } from '../attachment.ts';
import type { IndexDocument } from '../passages/store/documents.mongo.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly attachments: Collection<AttachmentDocument>;
    readonly attachmentTexts: Collection<AttachmentTextDocument>;
    readonly attachmentParts: Collection<AttachmentPartDocument>;
  }
}

export interface AttachmentDocument extends Omit<Attachment, 'id' | 'ownerId' | 'collectionId'> {
  readonly _id: string;
  /** Null while it is being deleted, which hides it from everyone in one step. */
  readonly ownerId: string | null;
  /** The owner before the deletion began. Absent otherwise. */
  readonly formerOwnerId?: string;
  /** `onlyInCollection` in place of null for a document of a collection. */
  readonly conversationId: string | null;
  /** Absent in documents of earlier releases: null. */
  readonly collectionId?: string | null;
  /** Absent without a text, and for documents of earlier releases until they are found. */
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

export const attachmentDocumentOf = ({ id, conversationId, ...rest }: Attachment): AttachmentDocument => ({
  _id: id,
  ...rest,
  conversationId: conversationId ?? (rest.collectionId === null ? null : onlyInCollection),
  ...(hasText(rest) && {
    index: { passages: null, embedded: 0, model: null, at: rest.createdAt },
  }),
});

export const attachmentOf = ({
  _id,
  index: _,
  formerOwnerId: _former,
  ownerId,
  conversationId,
  collectionId = null,
  ...rest
}: AttachmentDocument): Attachment => ({
  id: _id,
  ownerId: ownerId ?? '',
  ...rest,
  conversationId: conversationId === onlyInCollection ? null : conversationId,
  collectionId,
});
