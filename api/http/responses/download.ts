import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextIteration } from 'node:timers/promises';
import { Failure } from '../../errors/failures.ts';
import type { Exchange } from '../server/exchange.ts';

/** The time a client may read nothing of a download, in milliseconds. */
const idleMs = 60_000;

/** A file that is generated as fast as the client reads it. */
export interface Download {
  /** The file's name, such as `ziggie-audit-2026-11-23.csv`. */
  readonly file: string;
  readonly contentType: string;
  /** Opens the source once the download is admitted. Its errors are sent as a response. */
  readonly open: () => Promise<Readable>;
}

/** Sends a download, one at a time per user. Throws `RATE_LIMITED` while another one runs. */
export type SendDownload = (exchange: Exchange, userId: string, download: Download) => Promise<void>;

/** Creates the sender of one kind of download. `noun` names it in errors, such as `export`. */
export const createDownloads = (noun: string): SendDownload => {
  const activeUsers = new Set<string>();

  return async (exchange, userId, { file, contentType, open }) => {
    if (activeUsers.has(userId)) {
      throw new Failure('RATE_LIMITED', `Your ${noun} is already running. Wait until it has finished.`, {
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
    activeUsers.add(userId);
    try {
      await exchange.openStream();
      const source = await open();
      response.writeHead(200, headers);
      response.setTimeout(idleMs, () => response.destroy());
      await exchange.destroyOnAccessEnd();
      await pipeline(source, withPauses, response);
    } catch (error) {
      if (!response.destroyed) throw error;
      exchange.log.debug({ err: error }, 'download: aborted');
    } finally {
      activeUsers.delete(userId);
    }
  };
};

/** The time after which other work gets a turn, in milliseconds. */
const taskMs = 10;

/**
 * Passes chunks on, with pauses: SQLite reads without one, and a client on this machine takes all that is written at once, so
 * the event loop would do nothing else until the end.
 */
async function* withPauses(source: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  let startedAt = performance.now();
  for await (const chunk of source) {
    yield chunk;
    if (performance.now() - startedAt < taskMs) continue;
    await nextIteration();
    startedAt = performance.now();
  }
}
