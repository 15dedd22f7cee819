import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import { z } from 'zod';
import { demand } from '../../../access/permissions.ts';
import {
  type AuditAction,
  type AuditEntry,
  type AuditFilter,
  auditActions,
} from '../../../audit/auditEvent.ts';
import { maxTextLength } from '../../../audit/recorder.ts';
import type { AuditLog } from '../../../audit/service.ts';
import { badInput } from '../../../errors/failures.ts';
import { createDownloads } from '../../responses/download.ts';
import type { Exchange } from '../../server/exchange.ts';
import { requireViewer } from '../requireViewer.ts';
import type { Route } from '../routes.ts';
import { validate } from '../validate.ts';

const dateOrTime = z
  .string()
  .refine(
    (text) => /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) && !Number.isNaN(Date.parse(text)),
    'must be a date such as 2026-11-23, or a time such as 2026-11-23T06:29:34Z',
  );

const names = Object.keys(auditActions) as [AuditAction, ...AuditAction[]];

/** The parameters of the query. */
export const auditQuery = z.object({
  from: dateOrTime.optional().describe('Only events at or after this time, or this date in UTC.'),
  to: dateOrTime.optional().describe('Only events before this time, or this date in UTC.'),
  action: z.array(z.enum(names)).max(100).optional().describe('Only these actions; may be repeated.'),
  username: z
    .string()
    .max(maxTextLength)
    .optional()
    .describe('Only actions of the user of exactly this name; case is ignored.'),
  target: z
    .string()
    .max(maxTextLength)
    .optional()
    .describe('Only actions on the target of exactly this name.'),
  refusedOnly: z.enum(['true', 'false']).optional().describe('Only actions that were denied or failed.'),
});

export const auditCsv = z.string();

/** Columns are only ever appended, since programs may read them by number. Ids are not global ids. */
const columns = [
  'seq',
  'at',
  'action',
  'outcome',
  'username',
  'userId',
  'target',
  'targetId',
  'address',
  'requestId',
  'count',
  'details',
  'previousHash',
  'hash',
  'id',
] as const satisfies readonly (keyof AuditEntry)[];

/** `GET /api/audit.csv`: a download of the audit log, for administrators. */
export const auditRoute = (auditLog: Pick<AuditLog, 'export'>, clock: () => Date): Route => {
  const send = createDownloads('export of the audit log');

  return {
    method: 'GET',
    path: '/api/audit.csv',
    async handle(exchange) {
      const viewer = await requireViewer(exchange);
      // A HEAD request never reaches the service, so the permission is checked here, without an audit event.
      if (exchange.request.method === 'HEAD') demand(viewer, 'readAuditLog');
      const filter = filterOf(exchange);
      await send(exchange, viewer.user.id, {
        file: `ziggie-audit-${clock().toISOString().slice(0, 10)}.csv`,
        contentType: 'text/csv; charset=utf-8; header=present',
        async open() {
          const entries = await auditLog.export(viewer, filter);
          const csv = stringify({
            columns: [...columns],
            header: true,
            record_delimiter: 'windows',
            escape_formulas: true,
            cast: { date: (date) => date.toISOString(), object: (details) => JSON.stringify(details) },
          });
          const rows = Readable.from(entries);
          rows.once('error', (error) => csv.destroy(error));
          csv.once('close', () => rows.destroy());
          return rows.pipe(csv);
        },
      });
    },
  };
};

const filterOf = ({ request }: Exchange): AuditFilter => {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const given: Record<string, unknown> = {};
  for (const name of new Set(searchParams.keys())) {
    if (!Object.hasOwn(auditQuery.shape, name)) {
      const known = Object.keys(auditQuery.shape).join(', ');
      throw badInput('query', `Unknown filter ${JSON.stringify(name.slice(0, 80))}. Filters: ${known}.`);
    }
    given[name] = name === 'action' ? searchParams.getAll(name) : searchParams.get(name);
  }
  const { from, to, action, username, target, refusedOnly } = validate(auditQuery, given);
  return {
    from: from === undefined ? null : new Date(from),
    to: to === undefined ? null : new Date(to),
    actions: action ?? null,
    username: username ?? null,
    target: target ?? null,
    refusedOnly: refusedOnly === 'true',
  };
};
