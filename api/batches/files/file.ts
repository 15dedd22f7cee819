/** An uploaded file with requests for a batch of OpenAI's API. */
export interface BatchFile {
  /** ULID. */
  readonly id: string;
  readonly ownerId: string;
  readonly name: string;
  readonly bytes: number;
  readonly createdAt: Date;
}

/** A part of the text of a file. */
export interface BatchFilePart {
  readonly fileId: string;
  readonly ownerId: string;
  /** From 0. */
  readonly number: number;
  readonly content: string;
  /** When the upload began. */
  readonly createdAt: Date;
}

export const partIdOf = ({ fileId, number }: Pick<BatchFilePart, 'fileId' | 'number'>): string =>
  `${fileId}-${number}`;

export const batchFileLimits = {
  /** Files of a user. */
  kept: 100,
  /** UTF-16 units of a name. */
  name: 200,
  /** UTF-16 units of a part as it is stored. */
  part: 1_000_000,
} as const;

/** A file is deleted after this time, in ms. */
export const fileKeptMs = 30 * 24 * 60 * 60_000;

/** Parts of a file that isn't complete after this time are of an interrupted upload, in ms. */
export const maxUploadMs = 10 * 60_000;
