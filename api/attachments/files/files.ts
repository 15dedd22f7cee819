import type { Readable } from 'node:stream';

/** The identity of a new file. */
export interface NewFile {
  readonly ownerId: string;
  /** The attachment's id. */
  readonly id: string;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
}

/** An unfinished upload of a user, identified by the checksum of the whole file. */
export interface UnfinishedUpload {
  readonly ownerId: string;
  /** SHA-256 of the whole file, in hexadecimal. */
  readonly sha256: string;
}

/** Stores the bytes of attachments, and the parts of unfinished uploads. */
export interface AttachmentFiles {
  /** Stores a file so that it is complete or absent, even after a crash. Returns its key. */
  write(file: NewFile, bytes: Uint8Array): Promise<string>;
  /** Opens a file. Throws `NOT_FOUND` if it is absent. */
  open(key: string): Promise<Readable>;
  /** Deletes files. Ignores absent ones. */
  delete(keys: readonly string[]): Promise<void>;
  /** Yields the keys of files that were written before `before`. */
  keys(before: Date): AsyncIterable<string>;
  /** Returns the number of bytes received so far, 0 for an unknown upload. */
  received(upload: UnfinishedUpload): Promise<number>;
  /**
   * Appends a part if `offset` is the number of bytes received so far; else it changes nothing. Returns the number of
   * bytes received afterwards.
   */
  append(upload: UnfinishedUpload, offset: number, part: Uint8Array): Promise<number>;
  /** Returns all parts, joined. */
  join(upload: UnfinishedUpload): Promise<Buffer>;
  /** Deletes the parts of an upload. Idempotent. */
  discard(upload: UnfinishedUpload): Promise<void>;
  /** Returns the bytes of all unfinished uploads of a user. */
  unfinishedBytes(ownerId: string): Promise<number>;
  /** Deletes all files of a user, and their unfinished uploads. Idempotent. */
  deleteOfOwner(ownerId: string): Promise<void>;
  /** Deletes the unfinished uploads that were last changed before `before`. */
  discardBefore(before: Date): Promise<void>;
}
