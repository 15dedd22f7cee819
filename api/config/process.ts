import { z } from 'zod';
import { variable } from './variable.ts';

/** Metrics, mode and log. */
export const processVariables = {
  METRICS_TOKEN: variable({
    schema: z.string().min(16, 'give 16 characters or more').nullable().default(null),
    default: 'none: this machine only',
    meaning:
      'the bearer token for `/metrics` (Prometheus). Without it, `/metrics` answers only requests from a loopback address to a loopback name (`localhost`, `127.0.0.1`) without proxy headers; if `TRUST_PROXY` is set, it answers none',
    secret: true,
  }),
  BACKUP_PASSPHRASE: variable({
    schema: z.string().min(16, 'give 16 characters or more').nullable().default(null),
    default: 'none',
    meaning:
      'the passphrase that encrypts and decrypts backups (`npm run backup`, `npm run restore`); the server itself does not read it. Store it apart from the backups',
    secret: true,
  }),
  NODE_ENV: variable({
    schema: z
      .enum(['production', 'development', 'test'], 'give production, development or test')
      .default('production'),
    default: '`production` for `npm start`',
    meaning: '`development`: the built web app is read again for each request',
  }),
  LOG_LEVEL: variable({
    schema: z
      .enum(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        'give fatal, error, warn, info, debug, trace or silent',
      )
      .default('info'),
    default: '`info`',
    meaning: 'the minimum level of log lines (JSON, on standard output)',
  }),
} as const;
