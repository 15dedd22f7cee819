import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../../access/viewer.ts';
import type { Budgets, Release } from '../../budgets/budgets.ts';
import type { CallerLimits } from '../../config/values/callerLimits.ts';
import { Failure } from '../../errors/failures.ts';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
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
  /** Admits or rejects an upgrade by its caller's request rate and open sockets, and by all open sockets. */
  admit(request: IncomingMessage): Promise<SocketSlot | RejectedUpgrade>;
}

export interface SocketSlotsDeps {
  readonly budgets: Pick<Budgets, 'acquire'>;
  readonly limits: CallerLimits;
  readonly requestLimit?: RequestLimit;
  readonly authenticate: Authenticate;
  readonly addressOf: AddressOf;
  readonly recordLimitHit: RecordLimitHit;
}

/**
 * Anonymous sockets can use only a part of all slots. The rest is reserved for users, who authenticate by the upgrade
 * request or after it.
 */
export const createSocketSlots = (deps: SocketSlotsDeps): SocketSlots => {
  const { budgets, limits, requestLimit, authenticate, addressOf, recordLimitHit } = deps;
  let open = 0;
  let anonymous = 0;

  /** Invalid credentials count as anonymous here; the protocol rejects them later. */
  const viewerOf = (request: IncomingMessage, address: string | null) =>
    authenticate(request.headers, address).catch(() => null);

  return {
    async admit(request) {
      const address = addressOf(request);
      let viewer = await viewerOf(request, address);
      if (open >= limits.sockets || (!viewer && anonymous >= limits.anonymousSockets)) {
        recordLimitHit({
          limit: 'SOCKETS',
          userId: viewer?.user.id ?? null,
          address: viewer ? null : address,
        });
        return { status: 503, reason: 'Service Unavailable', retryAfter: 5 };
      }
      open += 1;
      if (!viewer) anonymous += 1;
      let held: Release | null = null;
      let isOpen = true;
      const release = () => {
        if (!isOpen) return;
        isOpen = false;
        open -= 1;
        if (!viewer) anonymous -= 1;
        held?.();
      };
      try {
        await requestLimit?.operation(viewer, address);
        held = await budgets.acquire({ viewer, address }, 'SOCKETS');
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
          if (!viewer) anonymous -= 1;
          viewer = next;
        },
        release,
      };
    },
  };
};
