import type { IncomingMessage } from 'node:http';

/** Bytes that are collected before the reader of the body gets them. */
const minChunk = 16_384;

/** Chunks of a body after which their average size must be at least `minAverage` bytes. */
const maxSmallChunks = 2048;
const minAverage = 32;

/**
 * Joins the small chunks of a request's body. Node emits one buffer for each chunk of the transfer encoding, and one for each
 * TCP segment: a body of one-byte chunks would take two hundred times its size in memory. Destroys a request with so many tiny chunks that
 * only parsing them would delay others. Call it before the body is read.
 */
export const joinChunks = (request: IncomingMessage): void => {
  const push = request.push.bind(request);
  /** Small chunks that aren't pushed yet: the first as it is, or all of them copied into one buffer. */
  let pending: Buffer | null = null;
  let size = 0;
  let isShared = false;
  let chunks = 0;
  let total = 0;

  const flush = (): void => {
    if (pending !== null) push(isShared ? pending.subarray(0, size) : pending);
    pending = null;
    size = 0;
    isShared = false;
  };

  const collect = (chunk: Buffer): void => {
    if (pending !== null && size + chunk.byteLength > minChunk) flush();
    if (pending === null) pending = chunk;
    else {
      if (!isShared) {
        const first: Buffer = pending;
        pending = Buffer.allocUnsafeSlow(minChunk);
        first.copy(pending);
        isShared = true;
      }
      chunk.copy(pending, size);
    }
    size += chunk.byteLength;
  };

  request.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
    if (chunk === null || chunk.byteLength >= minChunk) {
      flush();
      return push(chunk, encoding);
    }
    chunks += 1;
    total += chunk.byteLength;
    if (chunks > maxSmallChunks && total < chunks * minAverage) {
      request.destroy();
      return false;
    }
    if (chunk.byteLength > 0) collect(chunk);
    return request.readableLength + size < request.readableHighWaterMark;
  };
};
