import { z } from 'zod';
import { variable } from './variable.ts';

/** Whoever is between here and the provider could say who signs in, so it is https, or does not leave the machine. */
const isIssuer = (text: string): boolean => {
  const url = URL.parse(text);
  const isHere = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return (
    url !== null &&
    !url.search &&
    !url.hash &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isHere))
  );
};

/** The OpenID Connect provider that people sign in with. */
export const singleSignOnVariables = {
  OIDC_ISSUER: variable({
    schema: z
      .string()
      .refine(
        isIssuer,
        'give the https URL of the provider, without /.well-known/…; http only on this machine',
      )
      .nullable()
      .default(null),
    default: 'none',
    meaning: 'the OpenID Connect provider that people may sign in with',
  }),
  OIDC_CLIENT_ID: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'what this service is called at the provider',
  }),
  OIDC_CLIENT_SECRET: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'what it shows to the provider',
    secret: true,
  }),
  OIDC_SCOPES: variable({
    schema: z
      .string()
      .refine(
        (text) => text.split(/\s+/).includes('openid'),
        'give scopes with spaces between them, openid among them',
      )
      .default('openid profile email'),
    default: '`openid profile email`',
    meaning: 'what is asked of the provider',
  }),
  OIDC_ROLES_CLAIM: variable({
    schema: z.string().nullable().default(null),
    default: 'none: who comes first is a member, and roles are given here',
    meaning:
      'the claim that names the roles `admin`, `member` and `viewer`, with dots for parts of it (`realm_access.roles`): it then decides at each sign-in, and who has none is a viewer',
  }),
  OIDC_NAME: variable({
    schema: z.string().max(40, 'give 40 characters at most').default('single sign-on'),
    default: '`single sign-on`',
    meaning: 'what the sign-in page calls the provider',
  }),
} as const;
