import { UserRef } from '../../../graph/user.ts';
import type { IssuedSession } from '../../authentication.ts';

/** The options of the payload fields that all mutations share which sign a user in. */
export const signInFields = {
  viewer: {
    type: UserRef,
    description: 'The authenticated user.',
    resolve: ({ user }: IssuedSession) => user,
  },
  accessToken: {
    description: 'The access token, for the header `Authorization: Bearer …`.',
    resolve: ({ token }: IssuedSession) => token,
  },
  expiresIn: {
    description: 'The lifetime of the token, in seconds.',
    resolve: ({ expiresInS }: IssuedSession) => expiresInS,
  },
};
