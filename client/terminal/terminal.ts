import { type Client, ZiggieError } from '../public.ts';
import { readArguments, UsageError, usage } from './arguments.ts';
import { converse } from './conversation.ts';
import { signedIn } from './identity.ts';
import { openLine } from './line.ts';
import { askOnce } from './once.ts';
import type { Streams } from './streams.ts';

/** The exit codes. */
export const exitCodes = { well: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Runs the terminal chat, from the command line to the exit code. An abort ends it. */
export const runTerminal = async (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> => {
  let client: Client | null = null;
  const line = streams.isInteractive ? openLine(streams) : null;
  try {
    const asked = readArguments(argv, env);
    if (asked.help) {
      streams.output.write(usage);
      return exitCodes.well;
    }
    line?.onInterrupt(() => line.close());
    client = await signedIn(asked, streams, line);
    if (!asked.once && line) {
      signal.addEventListener('abort', client.close, { once: true });
      await converse(asked, client, streams, line);
    } else {
      line?.close();
      await askOnce(asked, client, streams, signal);
    }
    return exitCodes.well;
  } catch (error) {
    if (signal.aborted) return exitCodes.interrupted;
    if (!(error instanceof ZiggieError || error instanceof UsageError)) throw error;
    streams.notices.write(`${error.message}\n`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  } finally {
    line?.close();
    client?.close();
  }
};
