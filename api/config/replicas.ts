import { z } from 'zod';
import { onOrOff, variable } from './variable.ts';

/** What makes several processes one service. */
export const replicaVariables = {
  MONGODB_URL: variable({
    schema: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\//, 'give mongodb://host:27017/database, or mongodb+srv://')
      .nullable()
      .default(null),
    default: 'the embedded store, in `DATA_DIR`',
    meaning: 'the MongoDB that replicas share, with `REDIS_URL`',
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
    meaning: 'the Redis between replicas, 6.2 or newer, with `MONGODB_URL`',
    secret: true,
  }),
  WORKER: variable({
    schema: onOrOff.default(true),
    default: '`on`',
    meaning: '`off`: this replica answers people and programs, and leaves generations to the others',
  }),
} as const;
