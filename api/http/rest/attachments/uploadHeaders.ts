import type { IncomingHttpHeaders } from 'node:http';
import { badInput } from '../../../errors/failures.ts';

/** The part of a file that a body has. */
export interface Part {
  readonly offset: number;
  /** 0: no part, but the question how much has been received. */
  readonly length: number;
  readonly total: number;
}

/** Returns the part of `Content-Range` (RFC 9110, 14.4); null for a whole file. Throws `BAD_USER_INPUT`. */
export const partOf = ({ 'content-range': range }: IncomingHttpHeaders): Part | null => {
  if (range === undefined) return null;
  const [, first, last, size = ''] = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15})$/.exec(range) ?? [];
  const total = Number(size);
  const [offset, length] = first === undefined ? [0, 0] : [Number(first), Number(last) - Number(first) + 1];
  if (size !== '' && (first === undefined || length > 0) && offset + length <= total)
    return { offset, length, total };
  throw badInput(
    'Content-Range',
    'Content-Range must be such as "bytes 0-999/5000", or "bytes */5000" to ask how much has been received.',
  );
};

/** Returns the checksum of `Repr-Digest` (RFC 9530) in hexadecimal; null if absent. Throws `BAD_USER_INPUT`. */
export const sha256HeaderOf = (headers: IncomingHttpHeaders): string | null => {
  const digest = [headers['repr-digest']].flat()[0];
  if (digest === undefined) return null;
  const [, base64 = ''] = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(digest) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.byteLength === 32) return bytes.toString('hex');
  throw badInput(
    'Repr-Digest',
    'Repr-Digest must be such as "sha-256=:…:", with the SHA-256 of the file in base64.',
  );
};
