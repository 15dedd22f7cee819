/** The maximum of each resource that a caller uses at a time. Counted over all replicas unless it says otherwise. */
export interface CallerLimits {
  /** Connections of one replica without a running request: in total, and from one address that is no trusted proxy. */
  readonly idleConnections: number;
  readonly addressIdleConnections: number;
  /**
   * New connections per second on one replica; more wait. Of all addresses from which no user has authenticated, of each of
   * these addresses, and of each address from which a user has authenticated. Trusted proxies have no limit.
   */
  readonly connectionsPerSecond: number;
  readonly addressConnectionsPerSecond: number;
  readonly userConnectionsPerSecond: number;
  /** Open sockets of one replica, of all callers. */
  readonly sockets: number;
  /** Of these, the sockets without authentication; the rest is reserved for authenticated users. */
  readonly anonymousSockets: number;
  /** How long a socket may stay open without authentication, in seconds. */
  readonly anonymousSeconds: number;
  /** Open sockets of a user, API keys included; of one API key; of one address, unauthenticated ones only. */
  readonly userSockets: number;
  readonly keySockets: number;
  readonly addressSockets: number;
  /** Open streams: subscriptions on any transport, completions, downloads. */
  readonly userStreams: number;
  readonly keyStreams: number;
  readonly addressStreams: number;
  /**
   * GraphQL queries and mutations, REST requests that read, and searches and lists of MCP that run at once for a user, or an anonymous address, on one
   * replica. Others wait.
   */
  readonly operations: number;
  /** Bytes of one GraphQL answer. */
  readonly answerBytes: number;
  /** Bytes of request bodies and unread answers of a user or an anonymous address, on one replica. */
  readonly bufferedBytes: number;
}

export const defaultCallerLimits: CallerLimits = {
  idleConnections: 4000,
  addressIdleConnections: 500,
  connectionsPerSecond: 200,
  addressConnectionsPerSecond: 50,
  userConnectionsPerSecond: 1000,
  sockets: 5000,
  anonymousSockets: 1000,
  anonymousSeconds: 15,
  userSockets: 200,
  keySockets: 100,
  addressSockets: 50,
  userStreams: 500,
  keyStreams: 200,
  addressStreams: 20,
  operations: 8,
  answerBytes: 8_388_608,
  bufferedBytes: 67_108_864,
};

const names = Object.keys(defaultCallerLimits).join(', ');

/** Parses `userStreams=50,sockets=10000`; limits that are not named keep their default. Returns null if the text is invalid. */
export const parseCallerLimits = (text: string): CallerLimits | null => {
  const limits: Record<string, number> = { ...defaultCallerLimits };
  for (const part of text.split(',')) {
    const [, name = '', limit = ''] = /^\s*(\w+)\s*=\s*(\d{1,10})\s*$/.exec(part) ?? [];
    if (!Object.hasOwn(defaultCallerLimits, name) || Number(limit) === 0) return null;
    limits[name] = Number(limit);
  }
  return { ...defaultCallerLimits, ...limits };
};

/** The expected form, for error messages. */
export const callerLimitsForm = `give some of ${names} with a whole number each, such as userStreams=50,sockets=10000`;
