import { randomBytes } from 'node:crypto';
import type { BudgetCaller, Budgets, Release } from '../../../budgets/budgets.ts';
import { Failure, notFound } from '../../../errors/failures.ts';
import type { EventStream } from './eventStream.ts';

/** The time a client has to open the event stream of a reservation, in milliseconds. */
const defaultReservationMs = 30_000;
/** Maximum reservations of this process whose event stream isn't open yet. */
const defaultMaxReserved = 1000;
/** Maximum operations of a connection at a time. */
const maxOperations = 100;

/** An operation of a connection, from its request until its last result is sent. */
export interface ConnectedOperation {
  /** Ends the source of its results. Idempotent. */
  end(): void;
}

/** A reserved or open event stream, and the operations whose results it gets. */
export interface EventConnection {
  readonly token: string;
  /** The user of all its requests; null: anonymous. */
  readonly userId: string | null;
  /** Null until the event stream is open. */
  stream: EventStream | null;
  readonly operations: ReadonlyMap<string, ConnectedOperation>;
  /** Whether it has ended: it takes no more operations. */
  isEnded: boolean;
  /** Throws `CONFLICT` for an id that is in use, `NOT_FOUND` after its end, and `RATE_LIMITED` above the maximum. */
  add(operationId: string, operation: ConnectedOperation): void;
  remove(operationId: string): void;
}

export interface EventConnections {
  /** Reserves an event stream, and counts it as one of the caller's streams until it ends. Throws `RATE_LIMITED`. */
  reserve(caller: BudgetCaller): Promise<EventConnection>;
  /** Returns the connection of a token. Throws `NOT_FOUND`, also for another user's. */
  find(token: string, caller: BudgetCaller): EventConnection;
  /** The event stream of a reservation is being opened: it doesn't expire any more. Throws `CONFLICT` if it was opened before. */
  open(connection: EventConnection): void;
  /** Ends a connection and its operations. Idempotent. */
  end(connection: EventConnection): void;
  /** Ends all connections. */
  close(): void;
}

export interface EventConnectionsDeps {
  readonly budgets: Pick<Budgets, 'acquire'>;
  readonly reservationMs?: number;
  readonly maxReserved?: number;
}

/**
 * Holds the connections of graphql-sse's single connection mode. They are in the memory of one process: all requests of a
 * connection have to reach the same replica.
 */
export const createEventConnections = (deps: EventConnectionsDeps): EventConnections => {
  const { budgets, reservationMs = defaultReservationMs, maxReserved = defaultMaxReserved } = deps;
  const connections = new Map<string, EventConnection>();
  /** The reservations without an open event stream, oldest first, with their timers. */
  const reserved = new Map<EventConnection, NodeJS.Timeout>();
  const releases = new WeakMap<EventConnection, Release>();

  const forgetReservation = (connection: EventConnection): boolean => {
    clearTimeout(reserved.get(connection));
    return reserved.delete(connection);
  };

  const end = (connection: EventConnection): void => {
    connection.isEnded = true;
    forgetReservation(connection);
    connections.delete(connection.token);
    releases.get(connection)?.();
    releases.delete(connection);
    for (const operation of connection.operations.values()) operation.end();
    connection.stream?.end();
  };

  /** Ends the oldest reservation, an anonymous one if there is any: a flood of them can't keep out users. */
  const evictOldest = (): void => {
    const oldest = [...reserved.keys()];
    const evicted = oldest.find(({ userId }) => userId === null) ?? oldest[0];
    if (evicted) end(evicted);
  };

  return {
    async reserve(caller) {
      const release = await budgets.acquire(caller, 'STREAMS');
      if (reserved.size >= maxReserved) evictOldest();
      const connection = createConnection(caller.viewer?.user.id ?? null);
      connections.set(connection.token, connection);
      releases.set(connection, release);
      reserved.set(connection, setTimeout(() => end(connection), reservationMs).unref());
      return connection;
    },
    find(token, caller) {
      const connection = connections.get(token);
      if (connection && connection.userId === (caller.viewer?.user.id ?? null)) return connection;
      throw noSuchStream();
    },
    open(connection) {
      if (!forgetReservation(connection)) {
        throw new Failure('CONFLICT', 'The event stream of this token is open already. Reserve another one.');
      }
    },
    end,
    close() {
      for (const connection of connections.values()) end(connection);
    },
  };
};

const createConnection = (userId: string | null): EventConnection => {
  const operations = new Map<string, ConnectedOperation>();
  const connection: EventConnection = {
    token: randomBytes(24).toString('base64url'),
    userId,
    stream: null,
    isEnded: false,
    operations,
    add(operationId, operation) {
      // The event stream may end while the body of a request arrives.
      if (connection.isEnded) throw noSuchStream();
      if (operations.has(operationId)) {
        throw new Failure('CONFLICT', 'An operation with this operationId is running. Choose another id.');
      }
      if (operations.size >= maxOperations) throw tooManyOperations();
      operations.set(operationId, operation);
    },
    remove: (operationId) => void operations.delete(operationId),
  };
  return connection;
};

const noSuchStream = () =>
  notFound('event stream. It has ended, or another replica has it: reserve one with PUT');

const tooManyOperations = () =>
  new Failure(
    'RATE_LIMITED',
    `Too many operations on this event stream: the limit is ${maxOperations}. Complete some of them first.`,
    { retryAfter: 1, limit: maxOperations },
  );
