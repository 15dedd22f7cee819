import type { Logger } from 'pino';
import type { Bus } from '../realtime/bus.ts';
import { keepListening } from '../realtime/keepListening.ts';
import { sessionEnded } from './topics.ts';
import type { Viewer } from './viewer.ts';

/** The longest delay that a timer of Node takes, in milliseconds: about 25 days. */
const longestTimerMs = 2 ** 31 - 1;

/** Who wants to know when a session is over, on whichever replica it is ended, so that what it opened can be closed. */
export interface SessionEnds {
  /**
   * `listener` is called once, when the session is ended or expires, at once if it already is over. Call the result to
   * stop; idempotent. Rejects where the store can't be asked.
   */
  listen(viewer: Viewer, listener: () => void): Promise<() => void>;
  /** Tells the listeners here at once, and the other replicas. A bus that is away is logged, and costs nothing here. */
  announce(sessionId: string): Promise<void>;
  /** How many listen now, for tests that look for leaks. */
  listenerCount(): number;
}

export interface SessionEndsDeps {
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
  /** Whether a session is over by what the store says: asked where an announcement may have been missed. */
  readonly isOver: (sessionId: string) => Promise<boolean>;
}

export const createSessionEnds = ({ bus, clock, log, isOver }: SessionEndsDeps): SessionEnds => {
  const listeners = new Map<string, Set<() => void>>();
  let stopBus: (() => Promise<void>) | null = null;

  const endHere = (sessionId: string) => {
    for (const end of [...(listeners.get(sessionId) ?? [])]) end();
  };

  const lookAgain = async () => {
    for (const sessionId of [...listeners.keys()]) if (await isOver(sessionId)) endHere(sessionId);
  };

  /** Listens to the bus while anybody here does. */
  const followBus = () => {
    if (listeners.size > 0) {
      stopBus ??= keepListening(bus, sessionEnded, 'all', {
        message: ({ sessionId }) => endHere(sessionId),
        missed: () => {
          lookAgain().catch((error: unknown) => log.warn({ err: error }, 'sessions could not be looked up'));
        },
      });
      return;
    }
    stopBus?.().catch((error: unknown) => log.debug({ err: error }, 'the bus went away first'));
    stopBus = null;
  };

  return {
    async listen(viewer, listener) {
      const { sessionId, expiresAt } = viewer;
      let timer: NodeJS.Timeout;
      const stop = () => {
        clearTimeout(timer);
        const ofSession = listeners.get(sessionId);
        ofSession?.delete(end);
        if (ofSession?.size === 0) listeners.delete(sessionId);
        followBus();
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
      followBus();
      arm();
      try {
        // It may have ended between the moment it was looked up and now.
        if (await isOver(sessionId)) endHere(sessionId);
      } catch (error) {
        stop();
        throw error;
      }
      return stop;
    },
    async announce(sessionId) {
      endHere(sessionId);
      try {
        await bus.publish(sessionEnded, 'all', { sessionId });
      } catch (error) {
        log.warn({ err: error }, 'other replicas were not told that a session ended');
      }
    },
    listenerCount: () => [...listeners.values()].reduce((sum, ofSession) => sum + ofSession.size, 0),
  };
};
