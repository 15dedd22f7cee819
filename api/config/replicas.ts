import { z } from 'zod';
import { onOrOff, variable, wholeNumber } from './variable.ts';

/** The servers that connect several processes to one service. */
export const replicaVariables = {
  MONGODB_URL: variable({
    schema: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\//, 'give mongodb://host:27017/database, or mongodb+srv://')
      .nullable()
      .default(null),
    default: 'the embedded store, in `DATA_DIR`',
    meaning: 'the MongoDB that all replicas share; needs `REDIS_URL`',
    secret: true,
  }),
  REDIS_URL: variable({
    schema: z
      .string()
      .regex(
        /^rediss?(\+(sentinel|cluster))?:\/\//,
        'give redis://host:6379, rediss:// for TLS, redis+sentinel://host,host/master or redis+cluster://host,host',
      )
      .nullable()
      .default(null),
    default: 'none: one process',
    meaning: 'the Redis that all replicas share, 6.2 or newer; needs `MONGODB_URL`',
    secret: true,
  }),
  WORKER: variable({
    schema: onOrOff.default(true),
    default: '`on`',
    meaning: '`off`: this replica serves requests, and leaves generations to the other replicas',
  }),
  WORKERS: variable({
    schema: z
      .union([z.literal('auto'), wholeNumber(1, 256, '')], 'give a whole number from 1 to 256, or auto')
      .default(1),
    default: '`1`',
    meaning:
      'server processes on the same ports, so that one machine uses several cores; `auto`: one for each core; more than one needs `REDIS_URL` and `MONGODB_URL`, and engines in `OLLAMA_URL` or `ENGINE_URL`. Limits of `CALLER_LIMITS` on one replica, such as connections, count in each process',
  }),
} as const;
