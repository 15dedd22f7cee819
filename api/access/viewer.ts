import type { ApiKey } from './apiKey.ts';
import type { User } from './user.ts';

/** The request, or the operation on a socket, that somebody asks by. */
export interface Origin {
  /** An IP address; null where the peer has gone already. */
  readonly address: string | null;
  readonly requestId: string;
  readonly surface: 'graphql' | 'socket' | 'rest' | 'openai';
}

/** Who asks: taken from a token, a session cookie or an API key, never from an input. */
export interface Viewer {
  readonly user: User;
  /** The sign-in here that it came by; null for an API key, and for a token of the issuer that is trusted. */
  readonly sessionId: string | null;
  /** The key that asks, which may do a part of what its user may; null where the user asks in person. */
  readonly apiKey: Pick<ApiKey, 'id' | 'scopes'> | null;
  /**
   * When what it came by ends by itself; null: it doesn't. What was opened with it, such as a socket, lives no longer.
   */
  readonly expiresAt: Date | null;
  /** Set by what lets a request in; none where somebody is recognised without one. */
  readonly origin?: Origin;
}
