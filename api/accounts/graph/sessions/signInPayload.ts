import { UserRef } from '../../../graph/user.ts';
import type { SignIn } from '../../signIns.ts';

/** The options of the payload fields that all mutations share which sign a user in. */
export const signInFields = {
  viewer: {
    type: UserRef,
    description: 'The authenticated user.',
    resolve: ({ user }: SignIn) => user,
  },
  accessToken: {
    description: 'The access token, for the header `Authorization: Bearer …`.',
    resolve: ({ token }: SignIn) => token,
  },
  expiresIn: {
    description: 'The lifetime of the token, in seconds.',
    resolve: ({ expiresInS }: SignIn) => expiresInS,
  },
};
