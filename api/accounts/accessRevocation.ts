import type { Logger } from 'pino';
import { z } from 'zod';
import type { Viewer } from '../access/viewer.ts';
import type { Bus } from '../realtime/bus.ts';
import { keepListening } from '../realtime/keepListening.ts';
import { defineTopic } from '../realtime/topic.ts';

/**
 * Something that let somebody in was ended before its time, or lets in for other things from now on (`isOver` is false):
 * whatever was opened with it closes. `id` is that of a
 * session, of an API key, or of a user, for all that lets this one in. Keyed `all`: each replica listens once.
 */
export const accessRevoked = defineTopic(
  'access.ended',
  z.object({ id: z.string(), isOver: z.boolean().default(true) }),
);

/** The longest delay that a timer of Node takes, in milliseconds: about 25 days. */
const maxTimerMs = 2 ** 31 - 1;

/** Whether it is over, or what it has opened is to be opened anew, since the user may do other things now. */
export type RevocationReason = 'ended' | 'changed';

export type RevocationListener = (end: RevocationReason) => void;

/**
 * Who wants to know when what let somebody in is over, on whichever replica it is ended, so that what it opened can be
 * closed: a session, an API key, a token, or the user altogether.
 */
export interface AccessRevocations {
  /**
   * `listener` is called once, when it is ended, changed or expires, at once if it already is over. Call the result to
   * stop; idempotent. Rejects where the store can't be asked.
   */
  listen(viewer: Viewer, listener: RevocationListener): Promise<() => void>;
  /**
   * Tells the listeners here at once, and the other replicas: those of a session, of an API key, or with a user's id all
   * of the user's. A bus that is away is logged, and costs nothing here.
   */
  publish(id: string, end?: RevocationReason): Promise<void>;
  /** How many listen now, for tests that look for leaks. */
  listenerCount(): number;
}

export interface AccessRevocationsDeps {
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
  /** Whether it is over by what the store says: asked where an membership may have been missed. */
  readonly isOver: (viewer: Viewer) => Promise<boolean>;
}

interface Listener {
  readonly viewer: Viewer;
  /** What an membership may name. */
  readonly ids: readonly string[];
  readonly end: RevocationListener;
}

export const createAccessRevocations = ({
  bus,
  clock,
  log,
  isOver,
}: AccessRevocationsDeps): AccessRevocations => {
  const listeners = new Set<Listener>();
  const byId = new Map<string, Set<Listener>>();
  let stopBus: (() => Promise<void>) | null = null;

  const add = (listener: Listener) => {
    listeners.add(listener);
    for (const id of listener.ids) byId.set(id, (byId.get(id) ?? new Set()).add(listener));
  };

  const remove = (listener: Listener) => {
    listeners.delete(listener);
    for (const id of listener.ids) {
      const others = byId.get(id);
      others?.delete(listener);
      if (others?.size === 0) byId.delete(id);
    }
  };

  const endHere = (id: string, how: RevocationReason) => {
    for (const { end } of [...(byId.get(id) ?? [])]) end(how);
  };

  const lookAgain = async () => {
    for (const listener of [...listeners]) {
      if (listeners.has(listener) && (await isOver(listener.viewer))) listener.end('ended');
    }
  };

  /** Listens to the bus while anybody here does. */
  const followBus = () => {
    if (listeners.size > 0) {
      stopBus ??= keepListening(bus, accessRevoked, 'all', {
        message: ({ id, isOver: over }) => endHere(id, over ? 'ended' : 'changed'),
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
    async listen(viewer, ended) {
      const { user, sessionId, apiKey, expiresAt } = viewer;
      let timer: NodeJS.Timeout | undefined;
      const stop = () => {
        clearTimeout(timer);
        remove(listener);
        followBus();
      };
      const end = (how: RevocationReason) => {
        if (!listeners.has(listener)) return;
        stop();
        ended(how);
      };
      const ids = [user.id, sessionId, apiKey?.id].filter((id) => typeof id === 'string');
      const listener: Listener = { viewer, ids, end };
      const arm = (at: Date) => {
        const leftMs = at.getTime() - clock().getTime();
        timer = setTimeout(
          () => (leftMs > maxTimerMs ? arm(at) : end('ended')),
          Math.min(leftMs, maxTimerMs),
        );
        timer.unref();
      };
      add(listener);
      followBus();
      if (expiresAt !== null) arm(expiresAt);
      try {
        // It may have ended between the moment it was looked up and now.
        if (await isOver(viewer)) end('ended');
      } catch (error) {
        stop();
        throw error;
      }
      return stop;
    },
    async publish(id, end = 'ended') {
      endHere(id, end);
      try {
        await bus.publish(accessRevoked, 'all', { id, isOver: end === 'ended' });
      } catch (error) {
        log.warn({ err: error }, 'other replicas were not told that somebody may no longer come in');
      }
    },
    listenerCount: () => listeners.size,
  };
};
