import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../errors/failures.ts';
import type { Exchange } from '../server/exchange.ts';

/** How long it is waited for who takes nothing of a download, in milliseconds. */
const idleMs = 60_000;

/** A file that is written as fast as it is taken. */
export interface Download {
  /** Such as `ziggie-audit-2026-11-23.csv`. */
  readonly file: string;
  readonly contentType: string;
  /** Called once it is certain that it is sent. What it throws is answered as an error. */
  readonly open: () => Promise<Readable>;
}

/** Sends a download, one at a time for each user. */
export type SendDownload = (exchange: Exchange, userId: string, download: Download) => Promise<void>;

/** `noun`: what is under way, such as `export`. */
export const createDownloads = (noun: string): SendDownload => {
  const underWay = new Set<string>();

  return async (exchange, userId, { file, contentType, open }) => {
    if (underWay.has(userId)) {
      throw new Failure('RATE_LIMITED', `An ${noun} of yours is under way. Wait for its end.`, {
        retryAfter: 10,
      });
    }
    const { request, response } = exchange;
    const headers = {
      'Content-Type': contentType,
      'Content-Disposition': `attachment; filename="${file}"`,
      'Cache-Control': 'no-store',
    };
    if (request.method === 'HEAD') {
      response.writeHead(200, headers).end();
      return;
    }
    underWay.add(userId);
    try {
      await exchange.openStream();
      const source = await open();
      response.writeHead(200, headers);
      response.setTimeout(idleMs, () => response.destroy());
      await exchange.destroyOnAccessEnd();
      await pipeline(source, response);
    } catch (error) {
      // Who has left needs no answer; half a document must not look like a whole one.
      if (!response.destroyed) throw error;
      exchange.log.debug({ err: error }, 'a download was broken off');
    } finally {
      underWay.delete(userId);
    }
  };
};
