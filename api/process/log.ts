import { type DestinationStream, type Logger, pino } from 'pino';

/** Where secrets may stand in what is logged; they are taken out before a line is written. */
const secrets = ['password', 'token', 'accessToken', 'access_token', 'authorization', 'cookie', 'secret'];

/**
 * Creates a log of JSON lines, one per event. It writes to `process.stdout` rather than to pino's own stream, which
 * retries for ever, and so keeps a process from exiting, once nobody reads standard output any more.
 */
export const createLog = (level: string, destination: DestinationStream = process.stdout): Logger =>
  pino(
    {
      level,
      base: { service: 'ziggie-llm' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[removed]' },
    },
    destination,
  );
