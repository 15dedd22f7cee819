/** Whether a connection is up, for callers that can wait a while for it. */
export interface ConnectionState {
  readonly isUp: boolean;
  setUp(): void;
  setDown(): void;
  /** Resolves to whether the connection is up within `limitMs` milliseconds; at once if it is up already. */
  waitUntilUp(limitMs: number): Promise<boolean>;
}

/** Creates the state of a connection that is down. */
export const createConnectionState = (): ConnectionState => {
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
    async waitUntilUp(limitMs) {
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
