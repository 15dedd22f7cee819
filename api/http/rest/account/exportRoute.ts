import { Readable } from 'node:stream';
import { z } from 'zod';
import { demand } from '../../../access/permissions.ts';
import type { Export } from '../../../export/service.ts';
import { createDownloads } from '../../responses/download.ts';
import { endpoint, json } from '../endpoint.ts';
import type { Route } from '../routes.ts';

const rows = z.array(z.looseObject({}));

const exportedAccount = z.looseObject({
  format: z.literal('ziggie-llm-export'),
  version: z.int(),
  exportedAt: z.iso.datetime(),
  account: z.looseObject({ id: z.string(), username: z.string(), role: z.string() }),
  sessions: rows,
  apiKeys: rows,
  conversations: rows,
  collections: rows.describe(
    'The own collections of documents; each attachment has the id of its collection.',
  ),
  answerDefaults: rows.describe('What conversations inherit, for one model or for all (null).'),
  folders: rows.describe('The folders of conversations; `folderId` of a conversation is the id of one.'),
  messages: rows.describe('All versions; `parentId` is the message before it.'),
  generations: rows,
  shares: rows.describe('The read-only links, without their secrets.'),
  attachments: rows.describe('Each with its text, and its file in base64; null if that is lost.'),
  usage: rows.describe('By day and model.'),
  auditEvents: rows.describe("The audit log's events of the user."),
  presets: rows,
  dockerRequests: rows.describe('The requested Docker commands.'),
  healingAgents: rows.describe('The registered agents, without their secrets.'),
  healings: rows.describe('The attempts to heal agents.'),
  batches: rows,
  batchItems: rows.describe('The inputs of batches with their results; `batchId` is the batch.'),
  batchFiles: rows.describe('The uploaded files with requests for batches, with their texts.'),
});

/** `GET /api/account/export`: a download of all data of the caller's account. */
export const exportRoute = (exports: Pick<Export, 'stream'>, clock: () => Date): Route => {
  const send = createDownloads('export');

  return endpoint({
    method: 'GET',
    path: '/api/account/export',
    id: 'exportAccount',
    tag: 'Signing in',
    summary: 'Export all data of your account.',
    description:
      'One JSON document, generated while it is downloaded; one download at a time per user. It never contains the hash of a password or token.',
    answer: json(
      'The account, its sessions, conversations, folders, defaults, messages, generations, shared links, attachments, usage, audit events, presets, Docker requests, agents and their healings, batches.',
      exportedAccount,
    ),
    errors: [403, 429],
    async handle({ exchange, viewer }) {
      demand(viewer, 'manageAccount');
      const { id, username } = viewer.user;
      await send(exchange, id, {
        file: `ziggie-${username.replace(/[^\w.-]+/g, '_')}-${clock().toISOString().slice(0, 10)}.json`,
        contentType: 'application/json; charset=utf-8',
        open: async () => Readable.from(exports.stream(viewer)),
      });
    },
  });
};
