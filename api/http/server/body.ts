import type { IncomingMessage } from 'node:http';
import { badInput, Failure } from '../../errors/failures.ts';
import { checkJsonShape } from '../../process/jsonShape.ts';

/** A request body above a route's size limit. REST answers 413. */
export class BodyTooLarge extends Failure {
  constructor(limit: number) {
    super('BAD_USER_INPUT', `The body is too large: the limit here is ${limit} bytes. Send less.`, { limit });
  }

  override get httpStatus(): number {
    return 413;
  }
}

/**
 * Reads and parses a JSON body of at most `limit` bytes. Throws `BAD_USER_INPUT`, `TOO_COMPLEX` or `BodyTooLarge`.
 *
 * Without a token or an API key, the type must be JSON: a form on another site can send other types with the cookie.
 * With one, any type will do: Ollama's own examples use `curl -d`, which declares every body a form.
 */
export const readJson = async (request: IncomingMessage, limit: number): Promise<unknown> =>
  parseJson(await readJsonBytes(request, limit));

/** Reads the bytes of a JSON body, as `readJson`. Throws `BAD_USER_INPUT` for another type, or `BodyTooLarge`. */
export const readJsonBytes = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  const { authorization, 'x-api-key': key, 'content-type': type = '' } = request.headers;
  if (authorization === undefined && key === undefined && !/^application\/json\b/i.test(type)) {
    throw badInput('Content-Type', 'Send JSON, with Content-Type: application/json.');
  }
  return readBytes(request, limit);
};

/** Parses JSON. Throws `BAD_USER_INPUT` or `TOO_COMPLEX`. */
export const parseJson = (bytes: Buffer): unknown => {
  const text = bytes.toString('utf8');
  checkJsonShape(text);
  try {
    return JSON.parse(text);
  } catch {
    throw badInput('body', 'The body is not valid JSON.');
  }
};

/** Reads a body of at most `limit` bytes. Throws `BodyTooLarge`. */
export const readBytes = async (request: IncomingMessage, limit: number): Promise<Buffer> => {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new BodyTooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > limit) throw new BodyTooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
