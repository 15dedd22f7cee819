import { Readable } from 'node:stream';
import { z } from 'zod';
import { demand } from '../../../access/permissions.ts';
import type { Export } from '../../../export/service.ts';
import { signedIn } from '../../auth/signedIn.ts';
import { createDownloads } from '../../responses/download.ts';
import type { Exchange } from '../../server/exchange.ts';
import type { Route } from '../../server/routes.ts';

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
  auditEvents: rows.describe('What was written down of what the user did.'),
});

/** A download of all that who asks has. */
export const exportRoute = (everything: Export, clock: () => Date): Route => {
  const send = createDownloads('export');

  return {
    method: 'GET',
    path: '/api/account/export',
    async handle(exchange: Exchange) {
      const viewer = await signedIn(exchange);
      demand(viewer, 'manageAccount');
      const { id, username } = viewer.user;
      await send(exchange, id, {
        file: `ziggie-${username.replace(/[^\w.-]+/g, '_')}-${clock().toISOString().slice(0, 10)}.json`,
        contentType: 'application/json; charset=utf-8',
        open: async () => Readable.from(everything.stream(viewer)),
      });
    },
  };
};
