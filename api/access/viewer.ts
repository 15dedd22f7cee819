import type { ApiKey } from './apiKey.ts';
import type { User } from './user.ts';

/** The HTTP request, or the operation on a socket, that a call comes from. */
export interface Origin {
  /** An IP address; null if the peer has already disconnected. */
  readonly address: string | null;
  readonly requestId: string;
  /** `tool`: a model called a tool that is an operation. */
  readonly surface: 'graphql' | 'socket' | 'rest' | 'openai' | 'mcp' | 'tool';
  /** The call of a tool that runs the operation. It begins with the id of its generation. */
  readonly toolCallId?: string;
}

/** The authenticated caller, identified by a token, a session cookie or an API key, never by an input. */
export interface Viewer {
  readonly user: User;
  /** The session that authenticated it; null for an API key and for a token of the trusted issuer. */
  readonly sessionId: string | null;
  /** The API key that authenticated it, which limits it to the key's scopes; null for a session or a token. */
  readonly apiKey: Pick<ApiKey, 'id' | 'scopes'> | null;
  /** When its credential expires; null: never. A socket that was opened with it closes then. */
  readonly expiresAt: Date | null;
  /** Absent if the viewer was authenticated outside of a request. */
  readonly origin?: Origin;
}
