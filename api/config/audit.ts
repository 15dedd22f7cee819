import { z } from 'zod';
import { parseSigningKey } from './signingKey.ts';
import { onOrOff, parsed, variable, wholeNumber } from './variable.ts';

/** What is written down of who did what. */
export const auditVariables = {
  AUDIT_DAYS: variable({
    schema: z
      .union(
        [z.literal('off').transform(() => null), wholeNumber(1, 36_500, '')],
        'give a number of days from 1 to 36500, or off',
      )
      .default(365),
    default: '`365`',
    meaning: 'how many days the entries of the audit log are kept; `off`: for ever',
  }),
  AUDIT_SIGNING_KEY: variable({
    schema: parsed(
      parseSigningKey,
      'give an Ed25519 key in base64, such as the output of: openssl genpkey -algorithm ed25519 -outform DER | base64 -w0',
    )
      .nullable()
      .default(null),
    default: 'none',
    meaning:
      'an Ed25519 key in base64 (PKCS #8): each replica prints a signed head of the audit log after every 100 entries, which `npm run audit:verify -- --heads FILE` compares',
    secret: true,
  }),
  AUDIT_CONTENT: variable({
    schema: onOrOff.default(false),
    default: '`off`',
    meaning: '`on`: the audit log keeps prompts and answers too, up to 16384 characters of each',
  }),
} as const;
