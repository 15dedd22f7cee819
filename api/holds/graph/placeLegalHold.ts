import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { holdLimits, type LegalHold } from '../hold.ts';
import { LegalHoldRef } from './legalHold.ts';

builder.relayMutationField(
  'placeLegalHold',
  {
    description: 'The data to hold.',
    inputFields: (t) => ({
      userId: t.id({ required: true, description: 'The id of the user whose data is held.' }),
      conversationId: t.id({
        description: "The id of one of the user's conversations. Omitted: all data of the user is held.",
      }),
      reason: t.string({
        required: true,
        description: 'Why the data is held, such as the name of a case.',
        bounds: { maxLength: holdLimits.reason },
      }),
    }),
  },
  {
    authScopes: { may: 'manageLegalHolds' },
    description:
      'Places a legal hold on the data of a user or on one conversation. Until it is released, the data can neither expire nor be deleted, by its owner or by an administrator. `FORBIDDEN` for API keys. `CONFLICT` if there are 100 holds on the data of the user.',
    resolve: (_root, { input }, context) =>
      context.holds.place(viewerOf(context), {
        userId: decodeId('User', input.userId),
        conversationId: input.conversationId ? decodeId('Conversation', input.conversationId) : null,
        reason: input.reason,
      }),
  },
  {
    description: 'The placed hold.',
    outputFields: (t) => ({
      legalHold: t.field({
        type: LegalHoldRef,
        description: 'The hold.',
        resolve: (hold: LegalHold) => hold,
      }),
    }),
  },
);
