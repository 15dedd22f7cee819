import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { ByRole } from '../access/byRole.ts';
import { demand } from '../access/permissions.ts';
import type { Viewer } from '../access/viewer.ts';
import type { AttachmentFormat } from '../config/values/attachmentFormats.ts';
import { bytesOfText, describeBytes } from '../config/values/bytes.ts';
import { badInput, Failure, notFound } from '../errors/failures.ts';
import type { Page, PageRequest, TimeKey } from '../paging/pages.ts';
import type { Ids } from '../process/ids.ts';
import type { KeyedLimit } from '../process/keyedLimit.ts';
import { cutText } from '../text/cutText.ts';
import { rowBytes } from '../usage/storage/storage.ts';
import type { StorageQuotas } from '../usage/storage/storageQuotas.ts';
import { type Attachment, hasText } from './attachment.ts';
import type { AttachmentCleanup } from './cleanup.ts';
import { fileNameOf } from './fileName.ts';
import type { AttachmentFiles } from './files/files.ts';
import type { PassageStore } from './passages/store/store.ts';
import { documentInPrompt } from './prompt/documentText.ts';
import { Unreadable } from './reading/document.ts';
import { prepareImage } from './reading/image.ts';
import type { DocumentReader, ReadDocument } from './reading/reader.ts';
import { sniff } from './reading/sniff.ts';
import type { AttachmentStore } from './store/store.ts';

/** A whole file. */
export interface UploadedFile {
  readonly name: string;
  readonly bytes: Buffer;
  /** The SHA-256 that the client computed, in hexadecimal; null: not checked. */
  readonly sha256: string | null;
}

/** A part of a file. */
export interface UploadedPart {
  readonly name: string;
  /** SHA-256 of the whole file, in hexadecimal. It identifies the upload. */
  readonly sha256: string;
  /** Where the part begins, in bytes. */
  readonly offset: number;
  /** The size of the whole file, in bytes. */
  readonly total: number;
  /** Empty: asks how much has been received. */
  readonly bytes: Buffer;
}

/** What an upload in parts has become. */
export type UploadProgress =
  | { readonly attachment: Attachment }
  /** The number of bytes received so far: the offset of the next part. */
  | { readonly received: number };

export interface Attachments {
  /**
   * Reads a file and stores it. A rejected file leaves nothing behind. Throws `BAD_USER_INPUT`, `RATE_LIMITED`,
   * `QUOTA_EXCEEDED`, `SERVICE_UNAVAILABLE`; `signal.reason` after an abort.
   */
  upload(viewer: Viewer, file: UploadedFile, signal: AbortSignal): Promise<Attachment>;
  /**
   * Reads a file without storing it. Returns a document as it is in a prompt, or an image in base64. Throws as `upload`
   * does.
   */
  read(
    viewer: Viewer,
    file: Pick<UploadedFile, 'name' | 'bytes'>,
    signal: AbortSignal,
  ): Promise<{ readonly text: string } | { readonly image: string }>;
  /** Adds a part to an upload. The last one completes it, as `upload` does. A wrong checksum discards the upload. */
  uploadPart(viewer: Viewer, part: UploadedPart, signal: AbortSignal): Promise<UploadProgress>;
  /** Deletes an attachment, also from the messages that have it. Throws `NOT_FOUND`. */
  delete(viewer: Viewer, id: string): Promise<Attachment>;
  /** Returns an attachment of the viewer, or one in a shared collection. Throws `NOT_FOUND`. */
  find(viewer: Viewer, id: string): Promise<Attachment>;
  /** Opens the stored file. */
  open(viewer: Viewer, id: string): Promise<{ readonly attachment: Attachment; readonly source: Readable }>;
  page(viewer: Viewer, page: PageRequest<TimeKey>): Promise<Page<Attachment>>;
}

export interface AttachmentsDeps {
  readonly attachments: AttachmentStore;
  readonly passages: Pick<PassageStore, 'insert'>;
  readonly files: AttachmentFiles;
  readonly fileChanges: KeyedLimit;
  readonly cleanup: Pick<AttachmentCleanup, 'deleteUnusedFiles'>;
  readonly reader: DocumentReader;
  readonly storageQuotas: Pick<StorageQuotas, 'withReservation' | 'checkRate'>;
  /** Throws `CONFLICT` under a legal hold; null: of an attachment that is in no conversation. */
  readonly checkDeletable: (ownerId: string, conversationId: string | null) => Promise<void>;
  /** The maximum size of a file in bytes; null: `maxFileBytes`. */
  readonly sizeLimit: ByRole<number>;
  /** The formats that may be uploaded; null: all. */
  readonly formats: ByRole<readonly AttachmentFormat[]>;
  readonly ids: Ids;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** The maximum size of a file for every role, in bytes: a file is in memory while it is read. */
export const maxFileBytes = 100_000_000;

/** The maximum size of a part, in bytes. */
export const maxPartBytes = 8 * 1024 * 1024;

/** The maximum size of a file in parts together with the user's other unfinished uploads, in files of maximum size. */
const maxUnfinished = 4;

const previewLength = 300;

const checksum = /^[0-9a-f]{64}$/;

export const createAttachments = (deps: AttachmentsDeps): Attachments => {
  const { attachments, files, fileChanges, storageQuotas } = deps;

  const limitOf = ({ user }: Viewer): number =>
    Math.min(maxFileBytes, deps.sizeLimit[user.role] ?? maxFileBytes);

  const checkSize = (viewer: Viewer, name: string, size: number): void => {
    const limit = limitOf(viewer);
    if (size === 0) throw badFile(name, 'is empty. Choose another file.');
    if (size > limit) {
      throw badFile(name, `has ${describeBytes(size)}; a file may have at most ${describeBytes(limit)}.`);
    }
  };

  /** Reads the file. Returns what is stored of it. */
  const read = async (
    viewer: Viewer,
    name: string,
    given: Buffer,
    signal: AbortSignal,
    isStored: boolean,
  ) => {
    const { format, mediaType } = await sniff(given, name);
    const allowed = deps.formats[viewer.user.role];
    if (allowed !== null && !allowed.includes(format)) {
      throw new Unreadable(
        `is of the format ${format}. On this server you may attach: ${allowed.join(', ')}.`,
      );
    }
    if (format === 'IMAGE') {
      const { bytes, ...image } = await deps.reader.run(viewer.user.id, signal, () => prepareImage(given));
      const document = isStored ? await recognize(viewer.user.id, name, given, signal) : noText;
      return {
        bytes,
        text: document.text,
        passages: document.passages,
        fields: { format, ...image, ...textFieldsOf(document) },
      };
    }
    const document = await deps.reader.read(
      viewer.user.id,
      format,
      given,
      signal,
      isStored ? name : undefined,
    );
    if (document.text.trim() === '') {
      throw new Unreadable(
        deps.reader.hasOcr && format === 'PDF'
          ? 'contains no text, and OCR found none in its pages. Attach a clearer scan.'
          : 'contains no text. A scanned document needs text recognition (OCR) first.',
      );
    }
    return {
      bytes: given,
      text: document.text,
      passages: document.passages,
      fields: { format, mediaType, ...textFieldsOf(document), width: null, height: null },
    };
  };

  /** Returns the text in an image. An image that OCR can't read in time stays an image. */
  const recognize = async (
    ownerId: string,
    name: string,
    given: Buffer,
    signal: AbortSignal,
  ): Promise<ReadDocument> => {
    try {
      return (await deps.reader.recognize(ownerId, given, signal, name)) ?? noText;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      deps.log.warn({ err: error, owner: ownerId }, 'attachments: no text recognized in an image');
      return noText;
    }
  };

  const readNamed = (...[viewer, name, given, signal, isStored]: Parameters<typeof read>) =>
    read(viewer, name, given, signal, isStored).catch((error: unknown) => {
      throw error instanceof Unreadable ? badFile(name, error.message) : error;
    });

  const store = async (
    viewer: Viewer,
    name: string,
    given: Buffer,
    signal: AbortSignal,
  ): Promise<Attachment> => {
    const ownerId = viewer.user.id;
    const { bytes, text, passages, fields } = await readNamed(viewer, name, given, signal, true);
    const id = deps.ids.next();
    const sha256 = sha256Of(bytes);
    const storedBytes =
      rowBytes.attachment + rowBytes.passage * passages.length + bytes.byteLength + bytesOfText(text);
    return storageQuotas.withReservation(viewer.user, storedBytes, () =>
      fileChanges.run(ownerId, async () => {
        signal.throwIfAborted();
        const fileKey = await files.write({ ownerId, id, sha256 }, bytes);
        const attachment: Attachment = {
          ...fields,
          id,
          ownerId,
          conversationId: null,
          collectionId: null,
          name,
          size: bytes.byteLength,
          sha256,
          fileKey,
          storedBytes,
          createdAt: deps.clock(),
        };
        await attachments.insert(attachment, text);
        // If a crash prevents that, the indexer splits the text.
        if (hasText(attachment)) await deps.passages.insert(ownerId, id, passages);
        return attachment;
      }),
    );
  };

  const find = async (viewer: Viewer, id: string): Promise<Attachment> => {
    demand(viewer, 'read');
    const [attachment] = await attachments.findReadable(viewer.user.id, [id]);
    if (!attachment) throw notFound('attachment');
    return attachment;
  };

  return {
    async upload(viewer, { name: given, bytes, sha256 }, signal) {
      demand(viewer, 'writeConversations');
      const name = fileNameOf(given);
      checkSize(viewer, name, bytes.byteLength);
      await storageQuotas.checkRate(viewer.user);
      if (sha256 !== null && sha256 !== sha256Of(bytes)) throw wrongChecksum(name);
      return store(viewer, name, bytes, signal);
    },

    async read(viewer, { name: given, bytes: file }, signal) {
      demand(viewer, 'generate');
      const name = fileNameOf(given);
      checkSize(viewer, name, file.byteLength);
      const { bytes, text, fields } = await readNamed(viewer, name, file, signal, false);
      return fields.format === 'IMAGE'
        ? { image: bytes.toString('base64') }
        : { text: documentInPrompt({ name, ...fields }, text, 0) };
    },

    async uploadPart(viewer, { name: given, sha256, offset, total, bytes }, signal) {
      demand(viewer, 'writeConversations');
      const name = fileNameOf(given);
      if (!checksum.test(sha256)) throw badInput('sha256', 'The checksum must be a SHA-256.');
      checkSize(viewer, name, total);
      if (offset + bytes.byteLength > total) {
        throw badInput(
          'Content-Range',
          'The part goes beyond the size of the file that Content-Range gives.',
        );
      }
      const upload = { ownerId: viewer.user.id, sha256 };
      // One part at a time, so that two requests can't append at the same offset.
      return fileChanges.run(`upload ${upload.ownerId}`, async () => {
        if (bytes.byteLength === 0) return { received: await files.received(upload) };
        await storageQuotas.checkRate(viewer.user);
        const unfinished = await files.unfinishedBytes(upload.ownerId);
        if (unfinished + bytes.byteLength > maxUnfinished * limitOf(viewer)) throw tooManyUnfinished();
        const received = await files.append(upload, offset, bytes);
        if (received < total) return { received };
        const whole = await files.join(upload);
        try {
          if (sha256Of(whole) !== sha256) throw wrongChecksum(name);
          return { attachment: await store(viewer, name, whole, signal) };
        } finally {
          // After a disconnect, the client can ask again and send the last part once more.
          if (!signal.aborted) await files.discard(upload);
        }
      });
    },

    async delete(viewer, id) {
      demand(viewer, 'writeConversations');
      const found = await attachments.find(viewer.user.id, id);
      if (found) await deps.checkDeletable(viewer.user.id, found.conversationId);
      const attachment = await attachments.delete(viewer.user.id, id);
      if (!attachment) throw notFound('attachment');
      await deps.cleanup.deleteUnusedFiles(viewer.user.id, [attachment.fileKey]);
      return attachment;
    },

    find,

    async open(viewer, id) {
      const attachment = await find(viewer, id);
      return { attachment, source: await files.open(attachment.fileKey) };
    },

    async page(viewer, page) {
      demand(viewer, 'read');
      return attachments.page(viewer.user.id, page);
    },
  };
};

const noText: ReadDocument = { text: '', tokens: 0, pages: null, omittedLength: 0, passages: [] };

const textFieldsOf = ({ text, tokens, pages, omittedLength }: ReadDocument) => ({
  pages,
  textLength: text.length,
  omittedLength,
  tokens,
  preview: cutText(text, previewLength),
});

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** `reason` completes the sentence that begins with the file's name. */
const badFile = (name: string, reason: string): Failure => badInput('file', `"${name}" ${reason}`);

const wrongChecksum = (name: string): Failure =>
  badFile(name, 'arrived damaged: its checksum differs from the given one. Upload it again.');

const tooManyUnfinished = (): Failure =>
  new Failure(
    'QUOTA_EXCEEDED',
    'You have too many unfinished uploads. Finish them, or wait a day until they expire.',
  );
