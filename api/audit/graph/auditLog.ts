import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { connectionOf, pageRequest, textCursors } from '../../paging/connections.ts';
import { maxTextLength } from '../recorder.ts';
import { AuditActionRef } from './auditAction.ts';
import { AuditEventRef } from './auditEvent.ts';

const AuditFilterRef = builder.inputType('AuditFilter', {
  description: 'Which events: those that all of this is true of.',
  fields: (t) => ({
    actions: t.field({ type: [AuditActionRef], description: 'One of these.', bounds: { maxItems: 100 } }),
    username: t.string({
      description: 'By the user who was called just this, in any case.',
      bounds: { maxLength: maxTextLength },
    }),
    refusedOnly: t.boolean({ description: 'Only what was refused, or failed.' }),
    target: t.string({
      description: 'Done to what was called just this.',
      bounds: { maxLength: maxTextLength },
    }),
    from: t.field({ type: 'DateTime', description: 'At this moment or later.' }),
    to: t.field({ type: 'DateTime', description: 'Before this moment.' }),
  }),
});

const AuditEventEdge = builder.edgeObject({
  type: AuditEventRef,
  name: 'AuditEventEdge',
  description: 'An event in a list.',
});

const AuditEventConnection = builder.connectionObject(
  { type: AuditEventRef, name: 'AuditEventConnection', description: 'A page of events, the newest first.' },
  AuditEventEdge,
);

const cursors = textCursors('audit');

builder.queryField('auditLog', (t) =>
  t.connection(
    {
      type: AuditEventRef,
      skipTypeScopes: true,
      authScopes: { may: 'readAuditLog' },
      description: 'What was done and tried, the newest first. For administrators.',
      args: { filter: t.arg({ type: AuditFilterRef, description: 'Which events. None: all.' }) },
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
