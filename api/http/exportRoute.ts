import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { demand } from '../accounts/permissions.ts';
import type { Export } from '../export/service.ts';
import { Failure } from '../failures.ts';
import type { Exchange } from './exchange.ts';
import type { Route } from './routes.ts';
import { signedIn } from './signedIn.ts';

const rows = z.array(z.looseObject({}));

export const exportedAccount = z.looseObject({
  format: z.literal('ziggie-llm-export'),
  version: z.int(),
  exportedAt: z.iso.datetime(),
  account: z.looseObject({ id: z.string(), username: z.string(), role: z.string() }),
  sessions: rows,
  apiKeys: rows,
  conversations: rows,
  messages: rows.describe('Every version; `parentId` says where each stands.'),
  generations: rows,
  usage: rows.describe('By day and model.'),
});

/** How long it is waited for who takes nothing of a download, in milliseconds. */
const idleMs = 60_000;

/** A download of all that who asks has, written as fast as it is taken; one at a time for each user. */
export const exportRoute = (everything: Export, clock: () => Date): Route => {
  const underWay = new Set<string>();

  return {
    method: 'GET',
    path: '/api/account/export',
    async handle(exchange: Exchange) {
      const viewer = await signedIn(exchange);
      demand(viewer, 'manageAccount');
      const { id, username } = viewer.user;
      if (underWay.has(id)) {
        throw new Failure('RATE_LIMITED', 'An export of yours is under way. Wait for its end.', {
          retryAfter: 10,
        });
      }
      const { request, response } = exchange;
      const file = `ziggie-${username.replace(/[^\w.-]+/g, '_')}-${clock().toISOString().slice(0, 10)}.json`;
      response.writeHead(200, {
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Disposition': `attachment; filename="${file}"`,
        'Cache-Control': 'no-store',
      });
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      underWay.add(id);
      response.setTimeout(idleMs, () => response.destroy());
      try {
        await exchange.endWithAccess();
        await pipeline(Readable.from(everything.of(viewer)), response);
      } catch (error) {
        // Who has left needs no answer; half a document must not look like a whole one.
        if (!response.destroyed) throw error;
        exchange.log.debug({ err: error }, 'an export was broken off');
      } finally {
        underWay.delete(id);
      }
    },
  };
};
