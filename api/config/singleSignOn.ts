import { z } from 'zod';
import { variable } from './variable.ts';

/** Whether the URL is https, or http on this machine: an attacker on the way to the provider could sign in as any user. */
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

/** The OpenID Connect provider for single sign-on. */
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
    meaning: 'the OpenID Connect provider for single sign-on',
  }),
  OIDC_CLIENT_ID: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'the client id of this service at the provider',
  }),
  OIDC_CLIENT_SECRET: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'the client secret of this service at the provider',
    secret: true,
  }),
  OIDC_CLIENT_KEY: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning:
      'the path of a PEM file (PKCS #8) with the private key of this service, instead of `OIDC_CLIENT_SECRET`, for a provider where the client authenticates by `private_key_jwt`: RSA, EC P-256 or Ed25519',
  }),
  OIDC_SCOPES: variable({
    schema: z
      .string()
      .refine(
        (text) => text.split(/\s+/).includes('openid'),
        'give scopes separated by spaces, openid among them',
      )
      .default('openid profile email'),
    default: '`openid profile email`',
    meaning: 'the scopes requested from the provider',
  }),
  OIDC_ROLES_CLAIM: variable({
    schema: z.string().nullable().default(null),
    default: 'none: new users become members; an administrator assigns roles',
    meaning:
      'the claim that holds the role `admin`, `member` or `viewer`; dots select nested claims (`realm_access.roles`). It sets the role at each sign-in; a user without one of these roles is a viewer',
  }),
  OIDC_NAME: variable({
    schema: z.string().max(40, 'give 40 characters at most').default('single sign-on'),
    default: '`single sign-on`',
    meaning: "the provider's name on the sign-in page",
  }),
} as const;
