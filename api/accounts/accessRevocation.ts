import type { Logger } from 'pino';
import { z } from 'zod';
import type { Viewer } from '../access/viewer.ts';
import type { Bus } from '../realtime/bus.ts';
import { subscribeWithRetry } from '../realtime/subscribeWithRetry.ts';
import { defineTopic } from '../realtime/topic.ts';

/**
 * Published when a credential is revoked, or when its user's permissions change (`isOver` is false): replicas then close
 * what was opened with it. `id` names a session, an API key, or a user for all of the user's credentials. Keyed `all`:
 * each replica listens once.
 */
export const accessRevoked = defineTopic(
  'access.ended',
  z.object({ id: z.string(), isOver: z.boolean().default(true) }),
);

/** The maximum delay of a Node timer, in milliseconds: about 25 days. */
const maxTimerMs = 2 ** 31 - 1;

/** `ended`: the credential is no longer valid. `changed`: the user's permissions changed, and clients should reconnect. */
export type RevocationReason = 'ended' | 'changed';

export type RevocationListener = (end: RevocationReason) => void;

/**
 * Notifies listeners on all replicas when a viewer's session, API key, token or user is revoked, so that sockets and
 * streams opened with it can be closed.
 */
export interface AccessRevocations {
  /**
   * Calls `listener` once, when the viewer's credential is revoked, changes or expires; immediately if that has already
   * happened. Returns an idempotent function that stops listening. Rejects when the store is unavailable.
   */
  listen(viewer: Viewer, listener: RevocationListener): Promise<() => void>;
  /**
   * Notifies the local listeners immediately, then the other replicas. `id` names a session, an API key, or a user
   * for all of the user's credentials. Never rejects: an unavailable bus is logged.
   */
  publish(id: string, end?: RevocationReason): Promise<void>;
  /** The number of listeners, for tests that look for leaks. */
  listenerCount(): number;
}

export interface AccessRevocationsDeps {
  readonly bus: Bus;
  readonly clock: () => Date;
  readonly log: Logger;
  /** Whether the store no longer accepts the viewer. Checked when a notification may have been missed. */
  readonly isRevoked: (viewer: Viewer) => Promise<boolean>;
}

interface Listener {
  readonly viewer: Viewer;
  /** The ids that a notification may carry. */
  readonly ids: readonly string[];
  readonly end: RevocationListener;
}

export const createAccessRevocations = ({
  bus,
  clock,
  log,
  isRevoked,
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

  const recheckAll = async () => {
    for (const listener of [...listeners]) {
      if (listeners.has(listener) && (await isRevoked(listener.viewer))) listener.end('ended');
    }
  };

  /** Subscribes to the bus while there are local listeners. */
  const updateSubscription = () => {
    if (listeners.size > 0) {
      stopBus ??= subscribeWithRetry(bus, accessRevoked, 'all', {
        message: ({ id, isOver: over }) => endHere(id, over ? 'ended' : 'changed'),
        missed: () => {
          recheckAll().catch((error: unknown) =>
            log.warn({ err: error }, 'accounts: sessions not rechecked, store unavailable'),
          );
        },
      });
      return;
    }
    stopBus?.().catch((error: unknown) =>
      log.debug({ err: error }, 'accounts: bus closed before unsubscribing'),
    );
    stopBus = null;
  };

  return {
    async listen(viewer, ended) {
      const { user, sessionId, apiKey, expiresAt } = viewer;
      let timer: NodeJS.Timeout | undefined;
      const stop = () => {
        clearTimeout(timer);
        remove(listener);
        updateSubscription();
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
      updateSubscription();
      if (expiresAt !== null) arm(expiresAt);
      try {
        // It may have been revoked since it was verified.
        if (await isRevoked(viewer)) end('ended');
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
        log.warn({ err: error }, 'accounts: revocation not published to other replicas, bus unavailable');
      }
    },
    listenerCount: () => listeners.size,
  };
};
