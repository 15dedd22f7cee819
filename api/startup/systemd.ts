import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from 'pino';

/** The time that `systemd-notify` has, in ms. It waits until systemd has read the message. */
const timeoutMs = 5000;

/**
 * Reports a state to systemd if it started this process (`Type=notify`, `NotifyAccess=all`); else does nothing. Node has no
 * datagram sockets of Unix, so systemd's own program sends it. Never rejects.
 */
export const notifySystemd = async (
  state: 'ready' | 'stopping',
  environment: Readonly<Record<string, string | undefined>>,
  log: Pick<Logger, 'warn'>,
): Promise<void> => {
  if (!environment.NOTIFY_SOCKET) return;
  try {
    // Not `--stopping`, which older releases lack.
    await promisify(execFile)('systemd-notify', [`${state.toUpperCase()}=1`], {
      env: environment,
      timeout: timeoutMs,
    });
  } catch (error) {
    log.warn({ err: error }, `systemd: state ${state} not reported`);
  }
};
