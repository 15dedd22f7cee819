#!/usr/bin/env node
import { exitCodes, runTerminal } from './terminal.ts';

const { stdin, stdout, stderr, argv } = process;

const interrupted = new AbortController();
const interrupt = () => {
  // A second one does not wait for the answer to be ended.
  if (interrupted.signal.aborted) process.exit(exitCodes.interrupted);
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
