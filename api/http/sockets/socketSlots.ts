import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Viewer } from '../../access/viewer.ts';
import type { Budgets, Release } from '../../budgets/budgets.ts';
import type { CallerLimits } from '../../config/values/callerLimits.ts';
import { Failure } from '../../errors/failures.ts';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
import { addressGroup } from '../../process/addressGroup.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import type { AddressOf } from '../server/clientAddress.ts';
import type { RequestLimit } from '../server/requestLimit.ts';

/** The slot of an open socket in the limits on sockets. */
export interface SocketSlot {
  /** Counts the socket for its user instead of its address from now on. Throws `RATE_LIMITED`. */
  authenticated(viewer: Viewer): Promise<void>;
  /** Idempotent. */
  release(): void;
}

export interface RejectedUpgrade {
  readonly status: 429 | 503;
  readonly reason: string;
  /** In seconds. */
  readonly retryAfter: number;
}

export interface SocketSlots {
  /**
   * Admits or rejects an upgrade by its caller's request rate and open sockets, and by all open sockets. Destroys the
   * connection if it is still anonymous when another one needs its slot.
   */
  admit(request: IncomingMessage, connection: Duplex): Promise<SocketSlot | RejectedUpgrade>;
}

export interface SocketSlotsDeps {
  readonly budgets: Pick<Budgets, 'acquire'>;
  readonly limits: CallerLimits;
  readonly requestLimit?: RequestLimit;
  readonly authenticate: Authenticate;
  readonly addressOf: AddressOf;
  readonly recordLimitHit: RecordLimitHit;
}

interface AnonymousSocket {
  readonly group: string;
  evict(): void;
}

/**
 * Anonymous sockets can use only a part of all slots. The rest is reserved for users who authenticate by the upgrade request.
 * Those who authenticate after it are anonymous for a moment: a new anonymous socket takes the slot of the oldest one, so
 * that a flood can't keep them out.
 */
export const createSocketSlots = (deps: SocketSlotsDeps): SocketSlots => {
  const { budgets, limits, requestLimit, authenticate, addressOf, recordLimitHit } = deps;
  let open = 0;
  /** The anonymous sockets, oldest first. */
  const anonymous = new Set<AnonymousSocket>();

  /** Invalid credentials count as anonymous here; the protocol rejects them later. */
  const viewerOf = (request: IncomingMessage, address: string | null) =>
    authenticate(request.headers, address).catch(() => null);

  /** Evicts the oldest anonymous socket that matches. Returns false if none does. */
  const evictOldest = (matches: (socket: AnonymousSocket) => boolean): boolean => {
    for (const socket of anonymous) {
      if (!matches(socket)) continue;
      socket.evict();
      return true;
    }
    return false;
  };

  return {
    async admit(request, connection) {
      const address = addressOf(request);
      let viewer = await viewerOf(request, address);
      const group = addressGroup(address ?? 'unknown');
      const isFull = () => open >= limits.sockets || (!viewer && anonymous.size >= limits.anonymousSockets);
      if (isFull()) {
        recordLimitHit({
          limit: 'SOCKETS',
          userId: viewer?.user.id ?? null,
          address: viewer ? null : address,
        });
        if (!evictOldest(() => true)) return unavailable;
      }
      let held: Release | null = null;
      let isOpen = true;
      const release = () => {
        if (!isOpen) return;
        isOpen = false;
        open -= 1;
        anonymous.delete(slot);
        held?.();
      };
      const slot: AnonymousSocket = {
        group,
        evict() {
          release();
          connection.destroy();
        },
      };
      open += 1;
      if (!viewer) anonymous.add(slot);
      const acquire = () => budgets.acquire({ viewer, address }, 'SOCKETS');
      try {
        await requestLimit?.operation(viewer, address);
        held = await acquire().catch((error: unknown) => {
          const isOther = (socket: AnonymousSocket) => socket !== slot && socket.group === group;
          if (viewer || !isRateLimited(error) || !evictOldest(isOther)) throw error;
          return acquire();
        });
        // A newer socket has evicted this one meanwhile.
        if (!isOpen) {
          held();
          return unavailable;
        }
      } catch (error) {
        release();
        if (!(error instanceof Failure)) throw error;
        return {
          status: 429,
          reason: 'Too Many Requests',
          retryAfter: Number(error.details.retryAfter ?? 1),
        };
      }
      return {
        async authenticated(next) {
          if (viewer?.user.id === next.user.id && viewer.apiKey?.id === next.apiKey?.id) return;
          const releaseNext = await budgets.acquire({ viewer: next, address }, 'SOCKETS');
          if (!isOpen) {
            releaseNext();
            return;
          }
          held?.();
          held = releaseNext;
          anonymous.delete(slot);
          viewer = next;
        },
        release,
      };
    },
  };
};

const unavailable: RejectedUpgrade = { status: 503, reason: 'Service Unavailable', retryAfter: 5 };

const isRateLimited = (error: unknown): boolean => error instanceof Failure && error.code === 'RATE_LIMITED';
