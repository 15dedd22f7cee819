import { z } from 'zod';
import { variable } from './variable.ts';

/** How the process runs, and how it is watched. */
export const processVariables = {
  METRICS_TOKEN: variable({
    schema: z.string().min(16, 'give 16 characters or more').nullable().default(null),
    default: 'none: for this machine alone',
    meaning:
      'the bearer token that `/metrics` (Prometheus) asks for. Without it, `/metrics` answers only a loopback address that asks for a loopback name (`localhost`, `127.0.0.1`) without a header of a proxy, and nobody where `TRUST_PROXY` is set',
    secret: true,
  }),
  NODE_ENV: variable({
    schema: z
      .enum(['production', 'development', 'test'], 'give production, development or test')
      .default('production'),
    default: '`production` for `npm start`',
    meaning: '`development` reads the built web app afresh for each request',
  }),
  LOG_LEVEL: variable({
    schema: z
      .enum(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        'give fatal, error, warn, info, debug, trace or silent',
      )
      .default('info'),
    default: '`info`',
    meaning: 'the least that is logged, as JSON lines on standard output',
  }),
} as const;
