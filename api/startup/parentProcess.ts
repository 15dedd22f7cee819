/** The interval between two checks of the parent's id, in ms. */
const checkMs = 500;

/**
 * Sends SIGHUP to this process when its parent has ended, as a closing terminal does. Only Linux can notify a process of
 * that, and npm forwards neither SIGHUP nor its own SIGKILL. Use it only for a process that its parent runs in the
 * foreground: a service that was detached from its shell must continue.
 */
export const hangUpWithParent = (): void => {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGHUP');
  }, checkMs).unref();
};
