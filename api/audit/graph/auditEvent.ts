import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { encodeId, type NodeType } from '../../graph/globalIds.ts';
import type { AuditAction, AuditEntry } from '../auditEvent.ts';
import { AuditActionRef } from './auditAction.ts';

/** The type of the object that `targetId` identifies. */
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
  SHARE_CONVERSATION: 'Share',
  REVOKE_SHARE: 'Share',
  GENERATE: 'Generation',
  CANCEL_GENERATION: 'Generation',
  CANCEL_ACTIVE_GENERATION: 'Generation',
  GENERATION_ENDED: 'Generation',
};

/** The types of the objects that ids in `details` identify. */
const inDetails: Readonly<Record<string, NodeType>> = {
  sessionId: 'Session',
  apiKeyId: 'ApiKey',
  askedByApiKeyId: 'ApiKey',
  conversationId: 'Conversation',
};

const withGlobalIds = ({ details }: AuditEntry) =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      const type = inDetails[name];
      return [name, type && typeof value === 'string' ? encodeId(type, value) : value];
    }),
  );

export const AuditEventRef = builder.objectRef<AuditEntry>('AuditEvent');

builder.node(AuditEventRef, {
  description: 'An entry of the audit log, which is append-only. Administrators only.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.auditLog.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    seq: t.exposeFloat('seq', {
      description: 'The sequence number in the hash chain: 1 for the first event, without gaps.',
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When the event occurred.' }),
    action: t.field({ type: AuditActionRef, description: 'The action.', resolve: ({ action }) => action }),
    outcome: t.exposeString('outcome', { description: '`OK`, or the error code.' }),
    userId: t.id({
      nullable: true,
      description:
        'The id of the user who acted, who may have been deleted; null for the service itself and for unidentified callers.',
      resolve: ({ userId }) => userId && encodeId('User', userId),
    }),
    username: t.exposeString('username', { nullable: true, description: 'The username at that time.' }),
    target: t.exposeString('target', {
      nullable: true,
      description: 'The name of the affected object at that time, such as a username or a model.',
    }),
    targetId: t.id({
      nullable: true,
      description: 'The id of the affected object, which may have been deleted.',
      resolve: ({ action, targetId }) => {
        const type = targetOf[action];
        return type && targetId !== null ? encodeId(type, targetId) : targetId;
      },
    }),
    address: t.exposeString('address', { nullable: true, description: 'The IP address of the caller.' }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: 'The id of the request, as in the header `X-Request-Id` and in the log.',
    }),
    details: t.field({
      type: 'JSON',
      description: 'Further details as a flat object: sizes, models, sessions, roles.',
      resolve: withGlobalIds,
    }),
    count: t.exposeFloat('count', {
      description: 'The number of occurrences: repeated rejections are recorded once a minute.',
    }),
    hash: t.exposeString('hash', {
      description:
        'The SHA-256 hash of this event and of the previous hash, in hexadecimal. `npm run audit:verify` verifies the chain.',
    }),
  }),
});
