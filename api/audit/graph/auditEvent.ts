import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { encodeId, type NodeType } from '../../graph/globalIds.ts';
import type { AuditAction, AuditEntry } from '../auditEvent.ts';
import { AuditActionRef } from './auditAction.ts';

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

export const AuditEventRef = builder.objectRef<AuditEntry>('AuditEvent');

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
