import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, textCursors } from '../../paging/connections.ts';
import { maxTextLength } from '../recorder.ts';
import { AuditActionRef } from './auditAction.ts';
import { AuditEventRef } from './auditEvent.ts';

const AuditFilterRef = builder.inputType('AuditFilter', {
  description: 'Filters the audit log. An event must match all given fields.',
  fields: (t) => ({
    actions: t.field({
      type: [AuditActionRef],
      description: 'Events with one of these actions.',
      bounds: { maxItems: 100 },
    }),
    username: t.string({
      description: 'Events of the user with exactly this username, case-insensitive.',
      bounds: { maxLength: maxTextLength },
    }),
    refusedOnly: t.boolean({ description: 'Only events that were rejected or failed.' }),
    target: t.string({
      description: 'Events whose `target` is exactly this.',
      bounds: { maxLength: maxTextLength },
    }),
    from: t.field({ type: 'DateTime', description: 'Events at or after this time.' }),
    to: t.field({ type: 'DateTime', description: 'Events before this time.' }),
  }),
});

const AuditEventEdge = builder.edgeObject({
  type: AuditEventRef,
  name: 'AuditEventEdge',
  description: 'An audit event in a list.',
});

const AuditEventConnection = builder.connectionObject(
  { type: AuditEventRef, name: 'AuditEventConnection', description: 'A page of audit events, newest first.' },
  AuditEventEdge,
);

const cursors = textCursors('audit');

builder.queryField('auditLog', (t) =>
  t.connection(
    {
      type: AuditEventRef,
      skipTypeScopes: true,
      authScopes: { may: 'readAuditLog' },
      description: 'The audit log, newest first. Administrators only.',
      args: { filter: t.arg({ type: AuditFilterRef, description: 'Which events to return. Omitted: all.' }) },
      resolve: async (_root, args, context) => {
        const { actions, username, refusedOnly, target, from, to } = args.filter ?? {};
        const filter = {
          actions: actions ?? null,
          username: username ?? null,
          refusedOnly: refusedOnly ?? false,
          target: target ?? null,
          from: from ?? null,
          to: to ?? null,
        };
        const page = await context.auditLog.page(viewerOf(context), filter, pageRequest(args, cursors));
        return connectionOf(page, cursors, ({ id }) => id);
      },
    },
    AuditEventConnection,
    AuditEventEdge,
  ),
);
