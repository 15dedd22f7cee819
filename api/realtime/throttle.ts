/** Does something at once when asked to, then at most every so often, once for all that asked meanwhile. */
export interface Throttled {
  (): void;
  /** Forgets what was asked for. */
  stop(): void;
}

/** `everyMs` in milliseconds. `act` does not throw. */
export const throttle = (everyMs: number, act: () => void): Throttled => {
  let timer: NodeJS.Timeout | null = null;
  let asked = false;

  const ask = () => {
    if (timer) {
      asked = true;
      return;
    }
    timer = setTimeout(() => {
      timer = null;
      if (asked) ask();
    }, everyMs).unref();
    asked = false;
    act();
  };

  return Object.assign(ask, {
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
      asked = false;
    },
  });
};
