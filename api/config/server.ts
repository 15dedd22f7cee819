import { z } from 'zod';
import { weaknessOf } from '../access/passwordStrength.ts';
import { variable, wholeNumber } from './variable.ts';

const port = wholeNumber(0, 65_535, '');

/** The addresses that the server listens on, and the folder of its files. */
export const serverVariables = {
  HOST: variable({
    schema: z.string().default('127.0.0.1'),
    default: '`127.0.0.1`',
    meaning: 'the address to listen on; `0.0.0.0` for all networks',
  }),
  PORT: variable({ schema: port.default(8000), default: '`8000`', meaning: 'the port of the API' }),
  WEB_PORT: variable({
    schema: z
      .union([z.literal('off').transform(() => null), port], 'give a port from 0 to 65535, or off')
      .default(3000),
    default: '`3000`',
    meaning: 'the port of the web app; both ports serve everything; `off`: one port only',
  }),
  DATA_DIR: variable({
    schema: z.string().default('.data'),
    default: '`.data`',
    meaning:
      'the folder of the embedded store, the secrets, the downloaded models and the cache of compiled code',
  }),
  ADMIN_PASSWORD: variable({
    schema: z
      .string()
      .superRefine((password, { addIssue }) => {
        const weakness = weaknessOf(password, ['admin']);
        if (weakness === null) return;
        const message = `it ${weakness}. Choose another one, or leave it out: then one is generated and printed once`;
        addIssue({ code: 'custom', message });
      })
      .nullable()
      .default(null),
    default: 'generated and printed once',
    meaning: 'the password of `admin` when the first start creates that account; at least 12 characters',
    secret: true,
  }),
} as const;
