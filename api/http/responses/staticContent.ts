import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Exchange } from '../server/exchange.ts';

/** The bytes of a part of a large body, and the parts that are written in one iteration of the event loop. */
const partBytes = 65_536;
const partsPerIteration = 8;

/** A page or a script that is the same for every request. */
export interface StaticContent {
  readonly type: string;
  readonly body: Buffer;
  readonly compressed: Buffer;
  readonly tag: string;
}

/** Compresses the content and computes its entity tag. */
export const prepareContent = async (type: string, text: string | Buffer): Promise<StaticContent> => {
  const body = Buffer.from(text);
  const tag = `"${createHash('sha256').update(body).digest('base64').slice(0, 22)}"`;
  return { type, body, compressed: await promisify(gzip)(body), tag };
};

/** Sends the content, compressed if the client accepts gzip; answers 304 if the client's copy is current. */
export const sendContent = (
  { request, response }: Exchange,
  { type, body, compressed, tag }: StaticContent,
) => {
  response.setHeader('Cache-Control', 'no-cache');
  response.appendHeader('Vary', 'Accept-Encoding');
  response.setHeader('ETag', tag);
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const sent = zipped ? compressed : body;
  if (zipped) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': sent.byteLength });
  sendInParts(response, sent);
};

/** Writes that are due, of all responses. */
const due: (() => void)[] = [];
let isScheduled = false;

const writeDue = (): void => {
  isScheduled = false;
  for (const write of due.splice(0, partsPerIteration)) write();
  schedule();
};

const schedule = (): void => {
  if (isScheduled || due.length === 0) return;
  isScheduled = true;
  setImmediate(writeDue);
};

const writeSoon = (write: () => void): void => {
  due.push(write);
  schedule();
};

/**
 * Writes a part at a time, and the next one when the client reads, a few parts of all responses in an iteration of the event
 * loop. To write a megabyte copies it into the buffers of the operating system, whether the client reads or not: for hundreds
 * of clients, that took seconds in one iteration. A socket emits `drain` in the iteration of the write.
 */
const sendInParts = (response: ServerResponse, body: Buffer): void => {
  let at = 0;
  const next = (): void => {
    if (response.destroyed) return;
    const part = body.subarray(at, at + partBytes);
    at += part.byteLength;
    if (at >= body.byteLength) response.end(part);
    else if (response.write(part)) writeSoon(next);
    else response.once('drain', () => writeSoon(next));
  };
  if (body.byteLength <= partBytes) response.end(body);
  else writeSoon(next);
};
