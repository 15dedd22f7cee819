import { MongoClient, type MongoClientOptions } from 'mongodb';
import { StartupError } from '../errors/startupError.ts';

/** A MONGODB_URL that can't be used. The message is one line, and holds no secret. */
export class MongoUrlUnusable extends StartupError {
  override readonly name = 'MongoUrlUnusable';
}

/** The database where the URL names none. */
const defaultDatabase = 'ziggie';

/** Times in milliseconds. What the URL itself says about one of these goes before it. */
const defaults = {
  appName: 'ziggie-llm',
  /** A store's calls are short: more connections than this would wait at the server instead of here. */
  maxPoolSize: 50,
  maxConnecting: 4,
  maxIdleTimeMS: 5 * 60_000,
  /** Without a server to ask, a call fails after this; an election in a replica set is mostly over by then. */
  serverSelectionTimeoutMS: 4000,
  connectTimeoutMS: 3000,
  /** A call whose answer takes longer is given up: its connection is taken for dead. */
  socketTimeoutMS: 8000,
  waitQueueTimeoutMS: 4000,
  /** How soon it is noticed that a server went or came back while nobody asks. */
  heartbeatFrequencyMS: 5000,
  readPreference: 'primary',
  /** What was told as saved outlives the loss of a server, and a power cut where there is only one. */
  w: 'majority',
  journal: true,
  wtimeoutMS: 6000,
  /** The driver asks each server (`hello`) and repeats writes on those with sessions alone, that is, in replica sets. */
  retryWrites: true,
  retryReads: true,
} as const satisfies MongoClientOptions;

/** Not for the URL to change: the stores rely on it. */
const fixed = { ignoreUndefined: true } as const satisfies MongoClientOptions;

export interface MongoAddress {
  readonly client: MongoClient;
  /** The URL's, else `ziggie`. */
  readonly database: string;
  /** The hosts, for a person: no user, no password. */
  readonly where: string;
}

/**
 * A client for `url` (`mongodb://` or `mongodb+srv://`), which connects when it is first asked. Whoever asks for it
 * closes it.
 *
 * @throws MongoUrlUnusable
 */
export const createMongoClient = (url: string): MongoAddress => {
  try {
    const client = new MongoClient(url, { ...defaultsNotIn(url), ...fixed });
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

/** The defaults that the URL says nothing about. */
const defaultsNotIn = (url: string): MongoClientOptions => {
  const said = new Set(
    [...new URLSearchParams(url.split('?')[1] ?? '').keys()].map((name) => name.toLowerCase()),
  );
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !said.has(name.toLowerCase())));
};

/** The driver itself would take `test` where there is none. */
const isDatabaseNamed = (url: string) => /^[^:]+:\/\/[^/]+\/[^?]/.test(url);

/** The driver may repeat the URL in its message, with the password in it. */
const reasonOf = (error: unknown, url: string): string => {
  const message = error instanceof Error ? error.message : String(error);
  const isTelling = message.includes(url) || /:[^\s/:]*@/.test(message);
  return isTelling
    ? 'it must be mongodb://host:27017/database or mongodb+srv://host/database; special characters of a password as %XX'
    : message.replaceAll(/\s+/g, ' ');
};
