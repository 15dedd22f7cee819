import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Exchange } from '../server/exchange.ts';

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
  response.end(sent);
};
