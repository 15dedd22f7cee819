import type { Viewer } from '../../access/viewer.ts';
import { builder } from '../../graph/builder.ts';
import { maxCredentialLength } from '../credentialVerifier.ts';
import { UserRef } from './schema.ts';

builder.relayMutationField(
  'renewConnection',
  {
    description: 'By what the socket is to live on.',
    inputFields: (t) => ({
      token: t.string({
        required: true,
        description: 'A fresh token, or an API key, of the same user; without `Bearer`.',
        bounds: { maxLength: maxCredentialLength },
      }),
    }),
  },
  {
    description:
      'Over a socket, before its token ends: lets it live on by a fresh one, and nothing that runs on it is dropped. A socket whose token ends is closed with 4403, and clients come back with a fresh token.',
    resolve: (_root, { input }, context) => context.renewConnection(input.token),
  },
  {
    description: 'What the socket has from now on.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'Whom it acts for, the same user as before.',
        resolve: ({ user }: Viewer) => user,
      }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it has to be renewed again; null: it has not.',
        resolve: ({ expiresAt }: Viewer) => expiresAt,
      }),
    }),
  },
);
