import type { User } from './account.ts';

/** Who asks: taken from a token or a session cookie, never from an input. */
export interface Viewer {
  readonly user: User;
  readonly sessionId: string;
  /** When the session ends by itself. What was opened with it, such as a socket, lives no longer. */
  readonly expiresAt: Date;
}
