#!/usr/bin/env node
import { exitCodes, runTerminal } from './terminal.ts';

const { stdin, stdout, stderr, argv } = process;

const interrupted = new AbortController();
/** In milliseconds: npm passes a Ctrl-C on that the terminal has sent to this process too. */
const sameKeyMs = 250;
let interruptedAt = Number.NEGATIVE_INFINITY;
const interrupt = () => {
  const now = performance.now();
  if (now - interruptedAt < sameKeyMs) return;
  // A second Ctrl-C doesn't wait until the answer is cancelled.
  if (interrupted.signal.aborted) process.exit(exitCodes.interrupted);
  interruptedAt = now;
  interrupted.abort();
};
process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
// Whoever read the answer has gone, as `head` does.
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
