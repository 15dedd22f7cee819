import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';

/** The minimum size of a compressed response, in bytes. Smaller ones fit in one packet. */
const minSize = 1_024;

const brotli = promisify(brotliCompress);
const gz = promisify(gzip);

/** Brotli's quality: above it, compression takes longer than it saves. */
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const encodings = [
  {
    name: 'br',
    accepted: /\bbr\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i,
    compress: (body: Buffer) => brotli(body, quality),
  },
  {
    name: 'gzip',
    accepted: /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i,
    compress: (body: Buffer) => gz(body),
  },
] as const;

/** Compresses JSON responses for clients that accept it. Streams are sent as they are, because they must not be buffered. */
export const useCompression = (): Plugin => ({
  async onResponse({ request, response, setResponse, fetchAPI }) {
    const type = response.headers.get('content-type') ?? '';
    if (!/^application\/(?:graphql-response\+)?json\b/.test(type) || !response.body) return;
    if (response.headers.has('content-encoding')) return;
    const accepted = request.headers.get('accept-encoding') ?? '';
    const encoding = encodings.find((one) => one.accepted.test(accepted));
    const headers = new fetchAPI.Headers(response.headers);
    headers.append('vary', 'Accept-Encoding');
    const { status, statusText } = response;
    const body = Buffer.from(await response.arrayBuffer());
    const isCompressed = encoding !== undefined && body.byteLength >= minSize;
    const sent = isCompressed ? await encoding.compress(body) : body;
    if (isCompressed) headers.set('content-encoding', encoding.name);
    headers.set('content-length', String(sent.byteLength));
    setResponse(new fetchAPI.Response(new Uint8Array(sent), { status, statusText, headers }));
  },
});
