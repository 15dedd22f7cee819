export type ConnectionState = ReturnType<typeof createConnectionState>;

/** Creates the state of a connection that is down, for callers that can wait a while until it is up. */
export const createConnectionState = () => {
  let isUp = false;
  let up = Promise.withResolvers<boolean>();

  return {
    get isUp() {
      return isUp;
    },
    setUp() {
      isUp = true;
      up.resolve(true);
    },
    setDown() {
      if (isUp) up = Promise.withResolvers<boolean>();
      isUp = false;
    },
    /** Resolves to whether the connection is up within `limitMs` milliseconds; at once if it is up already. */
    async waitUntilUp(limitMs: number): Promise<boolean> {
      if (isUp) return true;
      const late = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => late.resolve(false), limitMs);
      try {
        return await Promise.race([up.promise, late.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
};
