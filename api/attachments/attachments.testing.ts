import { createHash } from 'node:crypto';
import { at, newId } from '../stores/stores.contract.ts';
import type { Attachment } from './attachment.ts';

/** Returns a text attachment with the fields of `given`. */
export const newAttachment = (given: Partial<Attachment> = {}): Attachment => {
  const id = newId();
  const ownerId = given.ownerId ?? newId();
  return {
    id,
    ownerId,
    conversationId: null,
    collectionId: null,
    name: 'notes.txt',
    format: 'TEXT',
    mediaType: 'text/plain',
    size: 5,
    sha256: sha256Of('notes'),
    fileKey: `${ownerId}/${sha256Of('notes')}`,
    pages: null,
    textLength: 5,
    omittedLength: 0,
    tokens: 2,
    preview: 'notes',
    width: null,
    height: null,
    storedBytes: 1010,
    createdAt: at(1),
    ...given,
  };
};

export const sha256Of = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
