import type { Viewer } from './viewer.ts';

/** The longest delay that a timer of Node takes, in milliseconds: about 25 days. */
const longestTimerMs = 2 ** 31 - 1;

/** Who wants to know when a session is over, so that what was opened with it can be closed. */
export interface SessionEnds {
  /** `listener` is called once, when the session is ended or expires. Call the result to stop; idempotent. */
  listen(viewer: Viewer, listener: () => void): () => void;
  announce(sessionId: string): void;
  /** How many listen now, for tests that look for leaks. */
  listenerCount(): number;
}

export const createSessionEnds = (clock: () => Date): SessionEnds => {
  const listeners = new Map<string, Set<() => void>>();

  return {
    listen(viewer, listener) {
      const { sessionId, expiresAt } = viewer;
      let timer: NodeJS.Timeout;
      const stop = () => {
        clearTimeout(timer);
        const ofSession = listeners.get(sessionId);
        ofSession?.delete(end);
        if (ofSession?.size === 0) listeners.delete(sessionId);
      };
      const end = () => {
        stop();
        listener();
      };
      const arm = () => {
        const leftMs = expiresAt.getTime() - clock().getTime();
        timer = setTimeout(() => (leftMs > longestTimerMs ? arm() : end()), Math.min(leftMs, longestTimerMs));
        timer.unref();
      };
      listeners.set(sessionId, (listeners.get(sessionId) ?? new Set()).add(end));
      arm();
      return stop;
    },
    announce(sessionId) {
      for (const end of [...(listeners.get(sessionId) ?? [])]) end();
    },
    listenerCount: () => [...listeners.values()].reduce((sum, ofSession) => sum + ofSession.size, 0),
  };
};
