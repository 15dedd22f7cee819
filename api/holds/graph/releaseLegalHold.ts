import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId, encodeId } from '../../graph/globalIds.ts';

builder.relayMutationField(
  'releaseLegalHold',
  {
    description: 'The legal hold to release.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The id of the hold.' }) }),
  },
  {
    authScopes: { may: 'manageLegalHolds' },
    description:
      'Releases a legal hold. Data that no other hold covers can be deleted again, and expires after `CONVERSATION_DAYS`. `FORBIDDEN` for API keys.',
    resolve: (_root, { input }, context) =>
      context.holds.release(viewerOf(context), decodeId('LegalHold', input.id)),
  },
  {
    description: 'The released hold.',
    outputFields: (t) => ({
      deletedLegalHoldId: t.id({
        description: 'The id of the released hold.',
        resolve: ({ id }: { id: string }) => encodeId('LegalHold', id),
      }),
    }),
  },
);
