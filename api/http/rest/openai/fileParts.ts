import { z } from 'zod';
import type { Viewer } from '../../../access/viewer.ts';
import { maxFileNameLength } from '../../../attachments/fileName.ts';
import type { Attachments } from '../../../attachments/service.ts';
import { badInput } from '../../../errors/failures.ts';
import { isBase64 } from '../completionFields.ts';

// Files that are part of a request. They are read for it and not stored.

/** Maximum files of a request. */
const maxFiles = 10;

const dataUrl = /^data:[\w.+/-]{0,100}(?:;[\w=.-]{1,40}){0,3};base64,|^data:;base64,/i;

/** A file in base64, or as a `data:` URL. Becomes the base64. */
const fileData = z
  .string()
  .transform((data) => data.replace(dataUrl, '').replace(/\s+/g, ''))
  .refine(isBase64, 'must be a file in base64, or a data: URL; other URLs are not fetched');

const fileFields = {
  filename: z.string().max(maxFileNameLength).nullish(),
  file_data: fileData,
};

/** A part of a chat message. */
export const filePart = z.object({ type: z.literal('file'), file: z.object(fileFields) });

/** A part of a message of a response. */
export const inputFilePart = z.object({ type: z.literal('input_file'), ...fileFields });

interface FileFields {
  readonly filename?: string | null | undefined;
  readonly file_data: string;
}

/** Reads a file. Throws `BAD_USER_INPUT` for one that can't be read, and for too many. */
type ReadFile = (file: FileFields) => Promise<{ readonly text: string } | { readonly image: string }>;

/** Creates the reader of the files of one request. */
export const createFileReader = (
  attachments: Pick<Attachments, 'read'>,
  viewer: Viewer,
  signal: AbortSignal,
): ReadFile => {
  let files = 0;
  return async ({ filename, file_data: data }) => {
    files += 1;
    if (files > maxFiles) throw badInput('messages', `A request may have at most ${maxFiles} files.`);
    return attachments.read(viewer, { name: filename ?? 'file', bytes: Buffer.from(data, 'base64') }, signal);
  };
};
