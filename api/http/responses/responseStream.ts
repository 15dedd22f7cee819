import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** The headers of every response that streams. nginx would buffer the response without `X-Accel-Buffering`. */
export const streamHeaders = { 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' } as const;

/** Bytes are sent at least every two of these intervals, in ms: proxies close connections that are silent for longer. */
export const streamIntervalMs = 6_000;

/**
 * The bytes that keep a silent stream open, by media type. Clients of Ollama parse every line, also an empty one, so
 * JSON lines get whitespace in front of the next line instead.
 */
const keepAlive: Readonly<Record<string, string>> = {
  'text/event-stream': ': keep-alive\n\n',
  'application/x-ndjson': ' ',
};

/** A response that is sent chunk by chunk. */
export interface ResponseStream {
  /** Waits while the client reads slower than the server writes. Throws the signal's reason. */
  write(text: string, signal: AbortSignal): Promise<void>;
  /** Whether the client has taken all bytes so far. */
  readonly isIdle: boolean;
  /** Writes at once. Only while the stream is idle. */
  writeNow(text: string): void;
  end(text: string): void;
}

/** Sends the headers immediately, with status 200, and keep-alive bytes whenever nothing else is written. */
export const openResponseStream = (
  response: ServerResponse,
  contentType: string,
  intervalMs = streamIntervalMs,
): ResponseStream => {
  response.writeHead(200, { ...streamHeaders, 'Content-Type': contentType });
  // In one packet with the first text, if that is written now.
  setImmediate(() => response.flushHeaders());
  const [mediaType = ''] = contentType.split(';');
  const filler = keepAlive[mediaType] ?? '';
  let isSilent = false;
  const timer = setInterval(() => {
    if (isSilent && !response.writableNeedDrain && !response.writableEnded) response.write(filler);
    isSilent = true;
  }, intervalMs);
  if (response.closed) clearInterval(timer);
  else response.once('close', () => clearInterval(timer));

  return {
    async write(text, signal) {
      isSilent = false;
      if (!response.write(text)) await once(response, 'drain', { signal });
    },
    get isIdle() {
      const { socket, headersSent, writableEnded, writableLength } = response;
      return socket !== null && headersSent && !writableEnded && writableLength === 0;
    },
    writeNow(text) {
      isSilent = false;
      if (text === '') return;
      // Node writes the parts of a chunk (RFC 9112, 7.1) apart, which takes twice the time.
      if (!response.chunkedEncoding) response.write(text);
      else response.socket?.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    },
    end(text) {
      clearInterval(timer);
      response.end(text);
    },
  };
};
