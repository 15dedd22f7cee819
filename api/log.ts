import { type DestinationStream, type Logger, pino } from 'pino';

/** Where secrets may stand in what is logged; they are taken out before a line is written. */
const secrets = ['password', 'token', 'accessToken', 'access_token', 'authorization', 'cookie', 'secret'];

/** JSON lines, one an event, to standard output unless told otherwise. */
export const createLog = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: { service: 'ziggie-llm' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[removed]' },
    },
    ...(destination ? [destination] : []),
  );
