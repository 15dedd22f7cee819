#!/usr/bin/env node
import { exitCodes, runTerminal } from './terminal.ts';

const { stdin, stdout, stderr, argv } = process;

const interrupted = new AbortController();
/** The time within which a second SIGINT is ignored, in ms: npm forwards a Ctrl-C that the terminal also sends here. */
const sameKeyMs = 250;
let interruptedAt = Number.NEGATIVE_INFINITY;
const interrupt = () => {
  const now = performance.now();
  if (now - interruptedAt < sameKeyMs) return;
  // A second Ctrl-C exits at once, without waiting for the cancel.
  if (interrupted.signal.aborted) process.exit(exitCodes.interrupted);
  interruptedAt = now;
  interrupted.abort();
};
process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
// The reader of the output closed it, as `head` does.
stdout.on('error', () => process.exit(exitCodes.failed));

process.exitCode = await runTerminal(
  argv.slice(2),
  process.env,
  {
    input: stdin,
    output: stdout,
    notices: stderr,
    isInteractive: stdin.isTTY === true && stdout.isTTY === true,
    isSeen: stdout.isTTY === true,
    hasColour: stderr.isTTY === true && !process.env.NO_COLOR,
  },
  interrupted.signal,
);
stdin.unref?.();
