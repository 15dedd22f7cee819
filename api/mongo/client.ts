import { MongoClient, type MongoClientOptions } from 'mongodb';
import { StartupError } from '../errors/startupError.ts';
import { tracing } from '../process/tracing.ts';

/** A MONGODB_URL that can't be used. The message is one line, and holds no secret. */
export class MongoUrlUnusable extends StartupError {
  override readonly name = 'MongoUrlUnusable';
}

/** The database if the URL names none. */
const defaultDatabase = 'ziggie';

/** Default options, times in milliseconds. Options in the URL override them. */
const defaults = {
  appName: 'ziggie-llm',
  /** Calls are short: with more connections they would only queue at the server instead of here. */
  maxPoolSize: 50,
  maxConnecting: 4,
  maxIdleTimeMS: 5 * 60_000,
  /** A call without a reachable server fails after this time. An election in a replica set is usually faster. */
  serverSelectionTimeoutMS: 4000,
  connectTimeoutMS: 3000,
  /** A call that takes longer fails, and its connection is closed. */
  socketTimeoutMS: 8000,
  waitQueueTimeoutMS: 4000,
  /** How often the driver checks the servers: the delay until it detects an outage or a recovery without calls. */
  heartbeatFrequencyMS: 5000,
  readPreference: 'primary',
  /** A confirmed write survives the loss of a server, and a power failure of a single server. */
  w: 'majority',
  journal: true,
  wtimeoutMS: 6000,
  /** The driver retries writes only on servers with sessions, that is, in replica sets. */
  retryWrites: true,
  retryReads: true,
} as const satisfies MongoClientOptions;

/** Options that the URL can't override, because the stores rely on them. */
const fixed = { ignoreUndefined: true } as const satisfies MongoClientOptions;

export interface MongoAddress {
  readonly client: MongoClient;
  /** The database of the URL, else `ziggie`. */
  readonly database: string;
  /** The hosts for logs and messages, without user and password. */
  readonly where: string;
}

/**
 * Creates a client for `url` (`mongodb://` or `mongodb+srv://`), which connects on its first call. The caller closes
 * it.
 *
 * @throws MongoUrlUnusable
 */
export const createMongoClient = (url: string): MongoAddress => {
  try {
    const client = new MongoClient(url, {
      ...defaultsNotIn(url),
      ...fixed,
      monitorCommands: tracing.isOn,
    });
    const { hosts, srvHost, dbName } = client.options;
    return {
      client,
      database: isDatabaseNamed(url) ? dbName : defaultDatabase,
      where: srvHost ?? hosts.map(String).join(', '),
    };
  } catch (error) {
    throw new MongoUrlUnusable(`MONGODB_URL can't be used: ${reasonOf(error, url)}`);
  }
};

/** Returns the defaults that the URL doesn't override. */
const defaultsNotIn = (url: string): MongoClientOptions => {
  const optionsOfUrl = new Set(
    [...new URLSearchParams(url.split('?')[1] ?? '').keys()].map((name) => name.toLowerCase()),
  );
  return Object.fromEntries(
    Object.entries(defaults).filter(([name]) => !optionsOfUrl.has(name.toLowerCase())),
  );
};

/** Returns whether the URL names a database. The driver's own default is `test`. */
const isDatabaseNamed = (url: string) => /^[^:]+:\/\/[^/]+\/[^?]/.test(url);

/** Returns a message without the password: the driver's message may contain the URL. */
const reasonOf = (error: unknown, url: string): string => {
  const message = error instanceof Error ? error.message : String(error);
  const hasSecret = message.includes(url) || /:[^\s/:]*@/.test(message);
  return hasSecret
    ? 'it must be mongodb://host:27017/database or mongodb+srv://host/database, with special characters of the password as %XX'
    : message.replaceAll(/\s+/g, ' ');
};
