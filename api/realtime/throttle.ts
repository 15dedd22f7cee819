/** A throttled function: runs at once, then at most once per interval, however often it is called. */
export interface Throttled {
  (): void;
  /** Cancels a pending run. */
  stop(): void;
}

/** Throttles `act`, which must not throw. `intervalMs`: the minimum time between two runs, in ms. */
export const throttle = (intervalMs: number, act: () => void): Throttled => {
  let timer: NodeJS.Timeout | null = null;
  let isPending = false;

  const call = () => {
    if (timer) {
      isPending = true;
      return;
    }
    timer = setTimeout(() => {
      timer = null;
      if (isPending) call();
    }, intervalMs).unref();
    isPending = false;
    act();
  };

  return Object.assign(call, {
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
      isPending = false;
    },
  });
};
