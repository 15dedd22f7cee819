import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import { readableLine } from './readableLog.ts';

/** Fields that may contain secrets; their values are removed before a line is written. */
const secrets = ['password', 'token', 'accessToken', 'access_token', 'authorization', 'cookie', 'secret'];

/**
 * The maximum size of a write of several lines, in bytes: PIPE_BUF of Linux. Larger writes of two processes to one pipe may
 * be mixed, and the workers of a server have one.
 */
const maxGathered = 4096;

/** How long lines are gathered, in ms. A killed process loses those of this time. */
const gatherMs = 20;

/**
 * Gathers lines for a moment, and writes them at once: a write to a pipe takes longer than a line. The end of the process
 * writes what is left.
 */
export const gatherLines = (destination: DestinationStream): DestinationStream => {
  let gathered = '';
  let size = 0;
  let scheduled: NodeJS.Timeout | null = null;

  const flush = () => {
    if (scheduled) clearTimeout(scheduled);
    scheduled = null;
    const lines = gathered;
    gathered = '';
    size = 0;
    if (lines !== '') destination.write(lines);
  };
  process.on('exit', flush);

  return {
    write(line) {
      const bytes = Buffer.byteLength(line);
      if (size + bytes > maxGathered) flush();
      gathered += line;
      size += bytes;
      scheduled ??= setTimeout(flush, gatherMs);
    },
  };
};

/** Writes each line as it is readable on a terminal. */
export const readableLines = (destination: DestinationStream): DestinationStream => ({
  write: (line) => destination.write(`${readableLine(line.trimEnd())}\n`),
});

/** The trace that a line belongs to, so that both can be found from each other. */
const traceFields = () => {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { traceId: span.traceId, spanId: span.spanId } : {};
};

/**
 * Creates a log of JSON lines, one per event. It writes to `process.stdout` rather than to pino's own stream: if the reader
 * of standard output is closed, that one retries forever and keeps the process from exiting.
 */
export const createLog = (level: string, destination: DestinationStream = process.stdout): Logger =>
  pino(
    {
      level,
      base: { service: 'ziggie-llm' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: traceFields,
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[removed]' },
    },
    destination,
  );
