import type { User } from '../../access/user.ts';
import { builder } from '../../graph/builder.ts';
import { viewerOf } from '../../graph/context.ts';
import { decodeId } from '../../graph/globalIds.ts';
import { accountBounds } from '../account.ts';
import type { IssuedSession } from '../authentication.ts';
import type { IssuedLink, LinkPreview } from '../oneTimeLinks.ts';
import { RoleRef, UserRef } from './schema.ts';

const LinkKindRef = builder.enumType('LinkKind', {
  description: 'What a link is for.',
  values: {
    INVITE: { description: 'To become a user.' },
    PASSWORD_RESET: { description: 'To choose a new password.' },
  },
});

const LinkRef = builder.objectRef<LinkPreview>('Link');

builder.objectType(LinkRef, {
  description: 'What an address that works once says to who has it.',
  fields: (t) => ({
    kind: t.field({ type: LinkKindRef, description: 'What it is for.', resolve: ({ kind }) => kind }),
    role: t.field({
      type: RoleRef,
      nullable: true,
      description: 'What who accepts the invite will be able to do; null for another kind.',
      resolve: ({ role }) => role,
    }),
    username: t.exposeString('username', {
      nullable: true,
      description: 'Whose password is to be chosen; null for an invite.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it works.' }),
  }),
});

const secretField = 'What stands at the end of the address.';

builder.queryField('link', (t) =>
  t.field({
    type: LinkRef,
    nullable: true,
    skipTypeScopes: true,
    description:
      'What the link with this secret is for; null where it was used, has expired, was taken back or never was. Open to everyone.',
    args: {
      secret: t.arg.string({ required: true, description: secretField, bounds: accountBounds.secret }),
    },
    resolve: (_root, { secret }, { accounts }) => accounts.oneTimeLinks.preview(secret),
  }),
);

builder.relayMutationField(
  'resetUserPassword',
  {
    description: 'Whose password is to be chosen anew.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The user.' }),
      password: t.string({
        bounds: accountBounds.password,
        description:
          "The viewer's own password, as a confirmation. Not for viewers who sign in with an identity provider: their sign-in must be of the last 5 minutes.",
      }),
    }),
  },
  {
    authScopes: { may: 'grantAccess' },
    description:
      'Creates a link with which the user chooses a new password, within 24 hours. It is shown this once; earlier links stop working. The password stays until the link is used. The user is told. `FORBIDDEN` for API keys, `BAD_USER_INPUT` for a wrong password, `RATE_LIMITED` after many.',
    resolve: (_root, { input }, context) =>
      context.accounts.oneTimeLinks.resetPassword(
        viewerOf(context),
        decodeId('User', input.id),
        input.password ?? null,
        context,
      ),
  },
  {
    description: 'The address.',
    outputFields: (t) => ({
      user: t.field({
        type: UserRef,
        description: 'Whose password it is.',
        resolve: ({ user }: IssuedLink & { user: User }) => user,
      }),
      path: t.string({
        description: 'The address to send, to go after that of the web app. It is a secret, and not kept.',
        resolve: ({ secret }: IssuedLink & { user: User }) => `/reset/${secret}`,
      }),
    }),
  },
);

const signedIn = {
  viewer: 'The user, who is signed in now.',
  accessToken: 'For the header `Authorization: Bearer …`.',
  expiresIn: 'How long it is good for, in seconds.',
} as const;

builder.relayMutationField(
  'acceptInvite',
  {
    description: 'Who accepts.',
    inputFields: (t) => ({
      secret: t.string({ required: true, description: secretField, bounds: accountBounds.secret }),
      username: t.string({
        required: true,
        description: 'The name to sign in with, which nobody has yet.',
        bounds: accountBounds.username,
      }),
      password: t.string({
        required: true,
        description: '12 characters or more.',
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    skipTypeScopes: true,
    description: 'Becomes a user by an invite, and signs in. Open to everyone who has one.',
    resolve: async (_root, { input: { secret, username, password } }, context): Promise<IssuedSession> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.oneTimeLinks.acceptInvite(secret, username, password, context);
      setSessionCookie(signIn.token);
      return signIn;
    },
  },
  {
    description: 'Who is signed in now.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: signedIn.viewer,
        resolve: ({ user }: IssuedSession) => user,
      }),
      accessToken: t.string({
        description: signedIn.accessToken,
        resolve: ({ token }: IssuedSession) => token,
      }),
      expiresIn: t.int({
        description: signedIn.expiresIn,
        resolve: ({ expiresInS }: IssuedSession) => expiresInS,
      }),
    }),
  },
);

builder.relayMutationField(
  'choosePassword',
  {
    description: 'The password to be.',
    inputFields: (t) => ({
      secret: t.string({ required: true, description: secretField, bounds: accountBounds.secret }),
      password: t.string({
        required: true,
        description: '12 characters or more.',
        bounds: accountBounds.password,
      }),
    }),
  },
  {
    skipTypeScopes: true,
    description:
      'Sets a new password by a link, ends all sessions that there were, and signs in. Open to everyone who has a link.',
    resolve: async (_root, { input: { secret, password } }, context): Promise<IssuedSession> => {
      const setSessionCookie = context.openSessionCookie();
      const signIn = await context.accounts.oneTimeLinks.choosePassword(secret, password, context);
      setSessionCookie(signIn.token);
      return signIn;
    },
  },
  {
    description: 'Who is signed in now.',
    outputFields: (t) => ({
      viewer: t.field({
        type: UserRef,
        description: signedIn.viewer,
        resolve: ({ user }: IssuedSession) => user,
      }),
      accessToken: t.string({
        description: signedIn.accessToken,
        resolve: ({ token }: IssuedSession) => token,
      }),
      expiresIn: t.int({
        description: signedIn.expiresIn,
        resolve: ({ expiresInS }: IssuedSession) => expiresInS,
      }),
    }),
  },
);
