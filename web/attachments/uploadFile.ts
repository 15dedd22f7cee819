import { t } from '@lingui/core/macro';
import { serverAddress } from '../relay/basePath.ts';
import { PageFailure } from '../relay/failure.ts';

/** What the server read of a file. */
export interface UploadedFile {
  /** The global id. */
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly size: number;
  readonly pages: number | null;
  readonly tokens: number;
}

export interface UploadOptions {
  /** Receives the sent share of the file, from 0 to 1. */
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
}

/** How long the server may read a file after it has arrived, in ms. */
const timeoutMs = 15 * 60_000;

/** Uploads a file. Rejects with an error for the reader. `XMLHttpRequest`, because `fetch` reports no progress. */
export const uploadFile = (file: File, { onProgress, signal }: UploadOptions): Promise<UploadedFile> =>
  new Promise((resolve, reject) => {
    const name = nameOf(file);
    const request = new XMLHttpRequest();
    request.open('PUT', serverAddress(`/api/attachments?name=${encodeURIComponent(name)}`));
    request.responseType = 'text';
    request.timeout = timeoutMs;
    request.upload.onprogress = ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      const answer = parse(request.responseText);
      if (request.status === 200 && isUploaded(answer)) resolve(answer);
      else reject(failureOf(request, detailOf(answer) ?? t`The server did not take “${name}”. Try again.`));
    };
    request.onerror = () =>
      reject(new Error(t`“${name}” could not be sent. Check the connection, then try again.`));
    request.ontimeout = request.onerror;
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });

/** Deletes an uploaded file that was removed before it was sent. If that fails, the server deletes it after some days. */
export const deleteUploaded = (id: string): void => {
  void fetch(serverAddress(`/api/attachments/${encodeURIComponent(id)}`), {
    method: 'DELETE',
    credentials: 'same-origin',
  }).catch(() => {});
};

/** Returns the name of a file for the reader and the server, which allows 200 characters. A pasted file may have none. */
export const nameOf = ({ name }: File): string => (name === '' ? t`pasted file` : name.slice(-200));

/** Returns an error for the reader: of a rate limit, one that says when to try again. */
const failureOf = (request: XMLHttpRequest, message: string): Error => {
  const code = request.getResponseHeader('x-error-code');
  const isLimited = code === null ? request.status === 429 : code === 'RATE_LIMITED';
  if (!isLimited) return new Error(message);
  const retryAfter = Number(request.getResponseHeader('retry-after') ?? 1);
  return new PageFailure('RATE_LIMITED', message, retryAfter);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const isUploaded = (answer: unknown): answer is UploadedFile =>
  typeof answer === 'object' && answer !== null && 'id' in answer && typeof answer.id === 'string';

const detailOf = (answer: unknown): string | null =>
  typeof answer === 'object' && answer !== null && 'detail' in answer && typeof answer.detail === 'string'
    ? answer.detail
    : null;
