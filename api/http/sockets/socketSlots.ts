import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../../access/viewer.ts';
import type { Budgets, Release } from '../../budgets/budgets.ts';
import type { CallerLimits } from '../../config/values/callerLimits.ts';
import { Failure } from '../../errors/failures.ts';
import type { NoteHit } from '../../limits/hits/limitHits.ts';
import type { Authenticate } from '../auth/authenticate.ts';
import type { AddressOf } from '../server/clientAddress.ts';
import type { RequestLimit } from '../server/requestLimit.ts';

/** What an open socket holds of the limits on sockets. */
export interface Place {
  /** Counts the socket for its user from now on, instead of for its address. Throws `RATE_LIMITED`. */
  authenticated(viewer: Viewer): Promise<void>;
  /** Idempotent. */
  release(): void;
}

export interface RefusedUpgrade {
  readonly status: 429 | 503;
  readonly reason: string;
  /** In seconds. */
  readonly retryAfter: number;
}

export interface SocketSlots {
  /** Decides on an upgrade by its rate, by what its caller holds, and by how many sockets are open. */
  admit(request: IncomingMessage): Promise<Place | RefusedUpgrade>;
}

export interface SocketPlacesDeps {
  readonly budgets: Pick<Budgets, 'acquire'>;
  readonly limits: CallerLimits;
  readonly requestLimit?: RequestLimit;
  readonly authenticate: Authenticate;
  readonly addressOf: AddressOf;
  readonly noteHit: NoteHit;
}

/**
 * Sockets without authentication can take a part of all places only: the rest is reserved for users whose upgrade has a
 * session cookie or a token, and for those who authenticate after it.
 */
export const createSocketSlots = (deps: SocketPlacesDeps): SocketSlots => {
  const { budgets, limits, requestLimit, authenticate, addressOf, noteHit } = deps;
  let open = 0;
  let anonymous = 0;

  /** Credentials that are invalid are refused later, by the protocol. */
  const viewerOf = (request: IncomingMessage, address: string | null) =>
    authenticate(request.headers, address).catch(() => null);

  return {
    async admit(request) {
      const address = addressOf(request);
      let viewer = await viewerOf(request, address);
      if (open >= limits.sockets || (!viewer && anonymous >= limits.anonymousSockets)) {
        noteHit({ limit: 'SOCKETS', userId: viewer?.user.id ?? null, address: viewer ? null : address });
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
