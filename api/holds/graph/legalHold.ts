import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { encodeId } from '../../graph/globalIds.ts';
import { UserRef } from '../../graph/user.ts';
import type { LegalHold } from '../hold.ts';

export const LegalHoldRef = builder.objectRef<LegalHold>('LegalHold');

builder.node(LegalHoldRef, {
  description:
    'A legal hold: while it exists, the data that it covers can neither expire nor be deleted. Administrators only.',
  id: { resolve: ({ id }) => id },
  loadMany: async (ids: string[], context) => [...(await context.holds.findMany(viewerOf(context), ids))],
  fields: (t) => ({
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The user whose data is held.',
      resolve: ({ ownerId }, _args, { loaders }) => loaders.user.load(ownerId),
    }),
    conversationId: t.id({
      nullable: true,
      description: 'The id of the held conversation; null if all data of the user is held.',
      resolve: ({ conversationId }) => conversationId && encodeId('Conversation', conversationId),
    }),
    reason: t.exposeString('reason', { description: 'Why the data is held.' }),
    placedBy: t.exposeString('placedBy', {
      description: 'The name of the administrator who placed the hold, at that time.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the hold was placed.' }),
  }),
});
