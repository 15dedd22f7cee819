import { FollowDocument } from '../__generated__/graphql.ts';
import { hasCode, unreachable } from '../errors.ts';
import { persist } from '../transport/persist.ts';
import type { Request } from '../transport/requests.ts';
import type { Socket } from '../transport/socket.ts';
import type { Tokens } from '../transport/tokens.ts';
import type { Feed } from './feed.ts';
import { isFinal, nothingHeld, splice } from './held.ts';

export interface FollowDeps {
  readonly url: string;
  readonly socket: Socket;
  readonly tokens: Tokens;
  /** Milliseconds without a sign of life. */
  readonly patienceMs: number;
}

export interface AnswerDeps extends FollowDeps {
  readonly request: Request;
  /** Aborted when the client is closed. */
  readonly closed: AbortSignal;
}

/** What a server says of itself, or of a part of it that is away: to ask again changes nothing, so it may be asked. */
export const mayPass = (error: unknown): boolean =>
  hasCode(error, 'UNREACHABLE', 'INTERNAL', 'SERVICE_UNAVAILABLE', 'ENGINE_UNAVAILABLE', 'RATE_LIMITED');

/**
 * Writes what comes of a generation into the feed until its status is final, from where the feed is. Whatever happens to
 * the connection, it goes on from the cursor.
 */
export const followGeneration = (
  { url, socket, tokens, patienceMs }: FollowDeps,
  id: string,
  feed: Feed,
  signal: AbortSignal,
): Promise<void> =>
  persist(
    async (_token, advanced) => {
      await socket.watch(
        FollowDocument,
        { id, after: feed.now().held.cursor },
        {
          signal,
          next({ generation: event }) {
            const held = splice(feed.now().held, event);
            if (held === null) {
              // Something is missing in between: all of it again.
              feed.write({ held: { ...feed.now().held, cursor: nothingHeld.cursor } });
              throw unreachable(url, new Error('a part of the answer did not arrive'));
            }
            advanced();
            feed.write({ held, trouble: null });
          },
        },
      );
      // Let go before the end: the next try tells why.
      if (!isFinal(feed.now().held.status)) throw unreachable(url, new Error('the answer was let go'));
    },
    { tokens, patienceMs, signal, mayPass, onFailure: (trouble) => feed.write({ trouble }) },
  );
