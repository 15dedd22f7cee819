import { z } from 'zod';
import { minSecretLength } from '../access/secrets.ts';
import { keySetAlgorithms, ownIssuer, secretAlgorithms } from '../access/tokenAlgorithms.ts';
import { isWebUrl, list, variable, wholeNumber } from './variable.ts';

const tokenAlgorithms = `give ${keySetAlgorithms.join(', ')} with JWKS_URL, or ${secretAlgorithms.join(', ')}`;

/** How tokens are signed, and the issuer that is trusted beside this service. */
export const tokenVariables = {
  JWT_SECRET: variable({
    schema: z
      .string()
      .refine(
        (text) => Buffer.byteLength(text) >= minSecretLength,
        `give ${minSecretLength} bytes or more, such as the output of: openssl rand -base64 48`,
      )
      .nullable()
      .default(null),
    default: 'generated at the first start and stored in `DATA_DIR`',
    meaning:
      'the secret that signs session tokens; if `JWT_ISSUER` is set without `JWKS_URL`, also the secret shared with that issuer. All replicas need the same one, unless they share `DATA_DIR`',
    secret: true,
  }),
  JWKS_URL: variable({
    schema: z
      .string()
      .refine(isWebUrl, 'give the http or https URL of a JSON Web Key Set, without a password in it')
      .nullable()
      .default(null),
    default: 'none: tokens of `JWT_ISSUER` are verified with `JWT_SECRET`',
    meaning:
      'the JSON Web Key Set of the trusted issuer; it is fetched again when keys change, and cached keys work for a day while the issuer is unavailable',
  }),
  JWT_ISSUER: variable({
    schema: z
      .string()
      .refine((text) => text !== ownIssuer, `give another name: ${ownIssuer} is what our own tokens say`)
      .nullable()
      .default(null),
    default: 'none: only the tokens of this service are accepted',
    meaning: 'the trusted issuer: tokens with exactly this `iss` are accepted beside tokens of this service',
  }),
  JWT_AUDIENCE: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'the audience that the `aud` of those tokens must contain',
  }),
  JWT_ALGORITHMS: variable({
    schema: z
      .string()
      .transform(list)
      .pipe(z.array(z.enum([...secretAlgorithms, ...keySetAlgorithms], tokenAlgorithms)))
      .nullable()
      .default(null),
    default: '`RS256,ES256,EdDSA` with `JWKS_URL`, `HS256` without',
    meaning: 'the accepted signature algorithms of those tokens, separated by commas',
  }),
  JWT_LEEWAY_S: variable({
    schema: wholeNumber(0, 300, ' (seconds)').default(30),
    default: '`30`',
    meaning: "the accepted difference between the issuer's clock and ours, in seconds",
  }),
  JWT_ROLES_CLAIM: variable({
    schema: z.string().nullable().default(null),
    default: 'none: new users become members; an administrator assigns roles',
    meaning:
      'the claim that holds the role `admin`, `member` or `viewer`; dots select nested claims (`realm_access.roles`). It sets the role with each token; a user without one of these roles is a viewer',
  }),
} as const;
