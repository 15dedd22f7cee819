import type { IncomingMessage } from 'node:http';
import { badInput, Failure } from '../../errors/failures.ts';
import { checkJsonShape } from './jsonShape.ts';

/** A body that is larger than a route takes. REST answers 413. */
export class BodyTooLarge extends Failure {
  constructor(limit: number) {
    super('BAD_USER_INPUT', `The body is larger than the ${limit} bytes that this address takes.`, { limit });
  }

  override get httpStatus(): number {
    return 413;
  }
}

/**
 * The JSON value in a body of at most `limit` bytes. Throws `BAD_USER_INPUT`, also where the body isn't said to be JSON:
 * a form of another site could send such a one with the cookie. With a token it can't, and there the type says
 * nothing: `curl -d`, as Ollama's own examples have it, calls every body a form.
 */
export const readJson = async (request: IncomingMessage, limit: number): Promise<unknown> => {
  const { authorization, 'content-type': type = '' } = request.headers;
  if (authorization === undefined && !/^application\/json\b/i.test(type)) {
    throw badInput('Content-Type', 'Send JSON, with Content-Type: application/json.');
  }
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new BodyTooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > limit) throw new BodyTooLarge(limit);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  checkJsonShape(text);
  try {
    return JSON.parse(text);
  } catch {
    throw badInput('body', 'The body is not valid JSON.');
  }
};
