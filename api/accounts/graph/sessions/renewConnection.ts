import type { Viewer } from '../../../access/viewer.ts';
import { builder } from '../../../graph/builder.ts';
import { UserRef } from '../../../graph/user.ts';
import { maxCredentialLength } from '../../credentialVerifier.ts';

builder.relayMutationField(
  'renewConnection',
  {
    description: 'The new credential of the socket.',
    inputFields: (t) => ({
      token: t.string({
        required: true,
        description: 'A new access token or an API key of the same user, without `Bearer`.',
        bounds: { maxLength: maxCredentialLength },
      }),
    }),
  },
  {
    description:
      'Extends the lifetime of the current WebSocket with a new token before the old one expires, without interrupting its operations. When a token expires, the server closes the socket with code 4403; clients then reconnect with a new token. WebSocket only.',
    resolve: (_root, { input }, context) => context.renewConnection(input.token),
  },
  {
    description: "The new credential's user and expiry.",
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: 'The user of the socket, the same as before.',
        resolve: ({ user }: Viewer) => user,
      }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the new credential expires; null if it does not expire.',
        resolve: ({ expiresAt }: Viewer) => expiresAt,
      }),
    }),
  },
);
