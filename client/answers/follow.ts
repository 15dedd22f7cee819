import { FollowDocument } from '../__generated__/graphql.ts';
import { hasCode, unreachable } from '../errors.ts';
import type { Request } from '../transport/requests.ts';
import { retry } from '../transport/retry.ts';
import type { Socket } from '../transport/socket.ts';
import type { Tokens } from '../transport/tokens.ts';
import type { Feed } from './feed.ts';
import { isFinal, nothingHeld, splice } from './held.ts';

export interface FollowDeps {
  readonly url: string;
  readonly socket: Socket;
  readonly tokens: Tokens;
  /** The time limit without an event, in ms. */
  readonly timeoutMs: number;
}

export interface AnswerDeps extends FollowDeps {
  readonly request: Request;
  /** Aborts when the client is closed. */
  readonly closed: AbortSignal;
}

/** Errors of a server, or of a part of it that is unavailable. Watching has no side effects, so it may be retried. */
export const mayRetry = (error: unknown): boolean =>
  hasCode(error, 'UNREACHABLE', 'INTERNAL', 'SERVICE_UNAVAILABLE', 'ENGINE_UNAVAILABLE', 'RATE_LIMITED');

/**
 * Writes the events of a generation to the feed until its status is final, starting at the feed's cursor. Resumes from
 * the cursor whenever the connection is lost.
 */
export const followGeneration = (
  { url, socket, tokens, timeoutMs }: FollowDeps,
  id: string,
  feed: Feed,
  signal: AbortSignal,
): Promise<void> =>
  retry(
    async (_token, advanced) => {
      await socket.watch(
        FollowDocument,
        { id, after: feed.now().held.cursor },
        {
          signal,
          next({ generation: event }) {
            const held = splice(feed.now().held, event);
            if (held === null) {
              // An event leaves a gap: read everything again.
              feed.write({ held: { ...feed.now().held, cursor: nothingHeld.cursor } });
              throw unreachable(url, new Error('a part of the answer did not arrive'));
            }
            advanced();
            feed.write({ held, trouble: null });
          },
        },
      );
      // The server completed the subscription early: the next try finds out why.
      if (!isFinal(feed.now().held.status)) throw unreachable(url, new Error('the answer was let go'));
    },
    { tokens, timeoutMs, signal, mayRetry, onFailure: (trouble) => feed.write({ trouble }) },
  );
