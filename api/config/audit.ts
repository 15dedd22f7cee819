import { z } from 'zod';
import { forEveryRole, parseByRole } from '../access/byRole.ts';
import { parseDays } from './values/days.ts';
import { parseSigningKey } from './values/signingKey.ts';
import { onOrOff, parsed, variable, wholeNumber } from './variable.ts';

/** How long conversations are kept, and the audit log. */
export const auditVariables = {
  CONVERSATION_DAYS: variable({
    schema: parsed(
      parseByRole(parseDays),
      'give a number of days from 1 to 36500, off, or by role MEMBER=365,ADMIN=off',
    ).default(forEveryRole<number>(null)),
    default: '`off`',
    meaning:
      'after how many days without a new message or answer conversations are deleted, pinned and archived ones too, and imported ones by their own dates: `365`, or by role: `MEMBER=365,ADMIN=off`; data under a legal hold is kept',
  }),
  AUDIT_DAYS: variable({
    schema: z
      .union(
        [z.literal('off').transform(() => null), wholeNumber(1, 36_500, '')],
        'give a number of days from 1 to 36500, or off',
      )
      .default(365),
    default: '`365`',
    meaning: 'how many days audit log entries are kept; `off`: forever',
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
      'an Ed25519 private key in base64 (PKCS #8). Each replica then logs a signed head of the audit log after every 100 entries, which `npm run audit:verify -- --heads FILE` checks',
    secret: true,
  }),
  AUDIT_CONTENT: variable({
    schema: onOrOff.default(false),
    default: '`off`',
    meaning: '`on`: the audit log also stores prompts and answers, up to 16384 characters of each',
  }),
} as const;
