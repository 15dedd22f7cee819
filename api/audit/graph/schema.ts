import { UserRef } from '../../accounts/graph/schema.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { encodeId, type NodeType } from '../../graph/globalIds.ts';
import { connectionOf, pageRequest, textCursors } from '../../paging/connections.ts';
import { type AuditAction, type AuditEntry, auditActions } from '../auditEvent.ts';
import { maxTextLength } from '../recorder.ts';

const AuditActionRef = builder.enumType('AuditAction', {
  description: 'What was done, or tried.',
  values: Object.fromEntries(
    Object.entries(auditActions).map(([name, description]) => [name, { description }]),
  ) as Record<AuditAction, { description: string }>,
});

/** What `targetId` is the id of. */
const targetOf: Readonly<Partial<Record<AuditAction, NodeType>>> = {
  REVOKE_SESSION: 'Session',
  CREATE_API_KEY: 'ApiKey',
  REVOKE_API_KEY: 'ApiKey',
  DELETE_ACCOUNT: 'User',
  INVITE_USER: 'Invite',
  REVOKE_INVITE: 'Invite',
  CREATE_USER: 'User',
  SET_USER_ROLE: 'User',
  DISABLE_USER: 'User',
  ENABLE_USER: 'User',
  DELETE_USER: 'User',
  RESET_USER_PASSWORD: 'User',
  SET_USER_QUOTA: 'User',
  DELETE_CONVERSATION: 'Conversation',
  GENERATE: 'Generation',
  CANCEL_GENERATION: 'Generation',
  CANCEL_ACTIVE_GENERATION: 'Generation',
  GENERATION_ENDED: 'Generation',
};

/** What ids in `details` are of. */
const inDetails: Readonly<Record<string, NodeType>> = {
  sessionId: 'Session',
  apiKeyId: 'ApiKey',
  conversationId: 'Conversation',
};

const withGlobalIds = ({ details }: AuditEntry) =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      const type = inDetails[name];
      return [name, type && typeof value === 'string' ? encodeId(type, value) : value];
    }),
  );

const AuditEventRef = builder.objectRef<AuditEntry>('AuditEvent');

builder.node(AuditEventRef, {
  description:
    'Something that was done, or tried, as it was written down. It is never changed. For administrators.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.auditLog.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    seq: t.exposeFloat('seq', { description: 'Its number in the chain: 1 for the first, none is left out.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    action: t.field({ type: AuditActionRef, description: 'What.', resolve: ({ action }) => action }),
    outcome: t.exposeString('outcome', { description: '`OK`, or the code of the error.' }),
    userId: t.id({
      nullable: true,
      description: 'Who, who may be gone by now; null for the service itself, and for who is not known.',
      resolve: ({ userId }) => userId && encodeId('User', userId),
    }),
    username: t.exposeString('username', { nullable: true, description: 'Who, as they were called then.' }),
    target: t.exposeString('target', {
      nullable: true,
      description: 'What it was done to, such as the name of a user or a model, as it was called then.',
    }),
    targetId: t.id({
      nullable: true,
      description: 'The id of that, which may be gone by now.',
      resolve: ({ action, targetId }) => {
        const type = targetOf[action];
        return type && targetId !== null ? encodeId(type, targetId) : targetId;
      },
    }),
    address: t.exposeString('address', { nullable: true, description: 'From where: an IP address.' }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'Of the request: as in the header `X-Request-Id`, and in the log.',
    }),
    details: t.field({
      type: 'JSON',
      description: 'What else there is to say, as one flat object: sizes, models, sessions, roles.',
      resolve: withGlobalIds,
    }),
    count: t.exposeFloat('count', {
      description: 'How often: refusals that are repeated are written down once a minute.',
    }),
    hash: t.exposeString('hash', {
      description:
        'SHA-256 of all of it and of the hash before it, in hex: `npm run audit:verify` checks them.',
    }),
  }),
});

const PasswordResetRef = builder.objectRef<AuditEntry>('PasswordReset').implement({
  description: 'A link for a new password that an administrator created.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it was created.' }),
    by: t.exposeString('username', { nullable: true, description: 'The name of the administrator.' }),
  }),
});

builder.objectField(UserRef, 'lastPasswordReset', (t) =>
  t.field({
    type: PasswordResetRef,
    nullable: true,
    description:
      'The last link for a new password that an administrator created for the viewer, within 30 days. Null where there is none, for other users and for API keys.',
    resolve: async (user, _args, context) => {
      const viewer = viewerOf(context);
      return user.id === viewer.user.id ? context.auditLog.lastPasswordReset(viewer) : null;
    },
  }),
);

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
