/** The interval between two checks of the parent's id, in ms. */
const checkMs = 500;

/**
 * Sends SIGHUP to this process when its parent has ended, as a terminal does when it closes: no system but Linux can tell
 * a process of it, and npm forwards neither SIGHUP nor its own SIGKILL. Only for a process whose parent started it in the
 * foreground; a service that was detached from its shell on purpose must go on.
 */
export const hangUpWithParent = (): void => {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGHUP');
  }, checkMs).unref();
};
