import { z } from 'zod';
import { minSecretLength } from '../access/secrets.ts';
import { keySetAlgorithms, ownIssuer, secretAlgorithms } from '../access/tokenAlgorithms.ts';
import { isWebUrl, list, variable, wholeNumber } from './variable.ts';

const tokenAlgorithms = `give ${keySetAlgorithms.join(', ')} with JWKS_URL, or ${secretAlgorithms.join(', ')}`;

/** Whose tokens are believed. */
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
    default: 'made at the first start and kept in `DATA_DIR`',
    meaning:
      'what signs the tokens of sessions, and where `JWT_ISSUER` is set without `JWKS_URL`, the secret shared with that service; the same for all replicas, unless they share `DATA_DIR`',
    secret: true,
  }),
  JWKS_URL: variable({
    schema: z
      .string()
      .refine(isWebUrl, 'give the http or https URL of a JSON Web Key Set, without a password in it')
      .nullable()
      .default(null),
    default: 'none: the tokens of `JWT_ISSUER` are signed with `JWT_SECRET`',
    meaning:
      'where the issuer whose tokens are believed publishes its keys; they are fetched again as it changes them, and go on working for a day while it is away',
  }),
  JWT_ISSUER: variable({
    schema: z
      .string()
      .refine((text) => text !== ownIssuer, `give another name: ${ownIssuer} is what our own tokens say`)
      .nullable()
      .default(null),
    default: "none: nobody's tokens but our own are believed",
    meaning: 'whose tokens are believed beside our own, to the letter: their `iss`',
  }),
  JWT_AUDIENCE: variable({
    schema: z.string().nullable().default(null),
    default: 'none',
    meaning: 'for whom those tokens have to be: their `aud`, or one of them',
  }),
  JWT_ALGORITHMS: variable({
    schema: z
      .string()
      .transform(list)
      .pipe(z.array(z.enum([...secretAlgorithms, ...keySetAlgorithms], tokenAlgorithms)))
      .nullable()
      .default(null),
    default: '`RS256,ES256,EdDSA` with `JWKS_URL`, `HS256` without',
    meaning: 'by what those tokens may be signed, by comma',
  }),
  JWT_LEEWAY_S: variable({
    schema: wholeNumber(0, 300, ' (seconds)').default(30),
    default: '`30`',
    meaning: "how much the issuer's clock may differ from ours, in seconds",
  }),
  JWT_ROLES_CLAIM: variable({
    schema: z.string().nullable().default(null),
    default: 'none: who comes first is a member, and roles are given here',
    meaning:
      'the claim that names the roles `admin`, `member` and `viewer`, with dots for parts of it (`realm_access.roles`): it then decides with each token, and who has none is a viewer',
  }),
} as const;
