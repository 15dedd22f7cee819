/** Returns the delay before the nth retry, in ms: 0.25 s to 5 s, doubling, with jitter to spare a restarted server. */
export const backoff = (retries: number, random: () => number = Math.random): number => {
  const most = Math.min(250 * 2 ** retries, 5_000);
  return most / 2 + (random() * most) / 2;
};

/** Waits before a reconnect. Ends early when the network is back or the tab becomes visible. */
export const waitToRetry = (retries: number): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      document.removeEventListener('visibilitychange', onVisible);
      resolve();
    };
    const onVisible = () => {
      if (document.visibilityState === 'visible') done();
    };
    const timer = setTimeout(done, backoff(retries));
    window.addEventListener('online', done);
    document.addEventListener('visibilitychange', onVisible);
  });
