/** Milliseconds before the nth try: 0.25 s to 5 s, doubling, with jitter so that a restarted server isn't stampeded. */
export const backoff = (retries: number, random: () => number = Math.random): number => {
  const most = Math.min(250 * 2 ** retries, 5_000);
  return most / 2 + (random() * most) / 2;
};

/** Waits before a reconnect, and no longer once the network is back or the reader looks at the tab again. */
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
