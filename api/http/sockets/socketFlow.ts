import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { BudgetCaller, Budgets, Release } from '../../budgets/budgets.ts';
import type { RecordLimitHit } from '../../limits/hits/log.ts';
import { resultFrame } from './resultFrame.ts';
import { createBuckets, type MessageBuckets, type SharedBuckets, socketRates } from './socketRates.ts';

/** Unsent bytes above which reading from a socket pauses, and below which it resumes. */
const highWater = 256 * 1024;
const lowWater = 64 * 1024;
/** Maximum bytes of a message before authentication. */
const maxAnonymousMessage = 64 * 1024;
/** The time a peer may read nothing while unsent bytes wait for it, in milliseconds. */
const defaultStallMs = 30_000;
/** Maximum pauses for too many messages before the socket is closed. One is forgiven every `strikeLifetimeMs`. */
const maxStrikes = 10;
const strikeLifetimeMs = 10_000;
/** The time a peer has to read the close frame, in milliseconds. */
const closeTimeoutMs = 1000;

/** WebSocket close codes, RFC 6455 and graphql-transport-ws. */
const tryAgainLater = 1013;
const messageTooBig = 1009;
const tooManyRequests = 4429;

export interface SocketFlowDeps {
  readonly socket: WebSocket;
  /** The TCP or TLS connection of the socket. */
  readonly connection: Duplex;
  readonly caller: () => BudgetCaller;
  readonly budgets: Pick<Budgets, 'holdBytes'>;
  readonly sharedBuckets: SharedBuckets;
  readonly recordLimitHit: RecordLimitHit;
  readonly stallMs?: number;
}

/**
 * Bounds what one socket costs: reading pauses while its peer doesn't read or sends too fast, so that TCP's flow control
 * slows the peer down.
 */
export interface SocketFlow {
  /** Sends a text. Resolves when it is handed to the operating system, or the socket has closed. */
  send(text: string): Promise<void>;
  /** Sends an object, `opening` with `json` as its last value, at once. Returns false, and sends nothing, while earlier bytes are unsent or the socket isn't open. */
  sendNow(opening: string, json: string): boolean;
  /** Answers a ping of either protocol, unless an unsent pong waits already. */
  pong(write: (sent: () => void) => void): void;
  /** Counts a message or a control frame. Returns false if it must be ignored. */
  receive(bytes: number): boolean;
  /** Whether reading is paused because of unsent bytes. */
  isBlocked(): boolean;
  /** Sends a close frame, and terminates the connection if the peer doesn't read it in time. */
  close(code: number, reason: string): void;
}

export const createSocketFlow = (deps: SocketFlowDeps): SocketFlow => {
  const {
    socket,
    connection,
    caller,
    budgets,
    sharedBuckets,
    recordLimitHit,
    stallMs = defaultStallMs,
  } = deps;
  const own: MessageBuckets = createBuckets(socketRates);
  /** The reasons why reading is paused. */
  const pauses = new Set<'unsent' | 'pace'>();
  /** Bytes received since the last complete message. */
  let unfinished = 0;
  let strikes = 0;
  let lastStrike = performance.now();
  let isPonging = false;
  /** The unsent bytes of the last `sendNow`. */
  let unsent: Release | null = null;

  const pause = (reason: 'unsent' | 'pace') => {
    pauses.add(reason);
    socket.pause();
  };
  const resume = (reason: 'unsent' | 'pace') => {
    pauses.delete(reason);
    if (pauses.size === 0 && socket.readyState === socket.OPEN) socket.resume();
  };
  // Node counts a connection as idle while a write makes no progress, since reading is paused then.
  const setIdleLimit = (ms: number) => {
    if ('setTimeout' in connection && typeof connection.setTimeout === 'function') connection.setTimeout(ms);
  };

  const close = (code: number, reason: string) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.pause();
    socket.close(code, reason);
    const timer = setTimeout(() => socket.terminate(), closeTimeoutMs);
    socket.once('close', () => clearTimeout(timer));
  };

  const closeAsTooBig = () =>
    close(messageTooBig, `Messages before authentication are limited to ${maxAnonymousMessage} bytes.`);

  const note = (limit: 'MESSAGE_RATE' | 'BUFFERED_BYTES') => {
    const { viewer, address } = caller();
    recordLimitHit({ limit, userId: viewer?.user.id ?? null, address: viewer ? null : address });
  };

  /** Counts buffered bytes. Closes the socket and returns null if its caller has too many already. */
  const hold = (bytes: number): Release | null => {
    try {
      return budgets.holdBytes(caller(), bytes);
    } catch {
      close(tryAgainLater, 'Too many unread bytes. Read faster, or request less.');
      return null;
    }
  };

  const checkUnsent = () => {
    const isBlocked = pauses.has('unsent');
    if (!isBlocked && socket.bufferedAmount > highWater) {
      pause('unsent');
      setIdleLimit(stallMs);
    } else if (isBlocked && socket.bufferedAmount <= lowWater) {
      setIdleLimit(0);
      resume('unsent');
    }
  };

  /** Releases the unsent bytes of `sendNow`, which sends nothing more until they are sent. */
  const afterSendNow = () => {
    unsent?.();
    unsent = null;
  };

  const checkPace = () => {
    if (pauses.has('pace')) return;
    const both = [own, sharedBuckets(caller())];
    const waitMs = Math.max(...both.flatMap(({ messages, bytes }) => [messages.waitMs(), bytes.waitMs()]));
    if (waitMs === 0) return;
    pause('pace');
    const timer = setTimeout(() => resume('pace'), Math.min(waitMs, stallMs));
    socket.once('close', () => clearTimeout(timer));
  };

  /** Closes the socket if it exceeds its rate of messages repeatedly, or by far at once. */
  const checkFlood = () => {
    if (own.messages.waitMs() === 0 || pauses.has('pace')) {
      if (!own.messages.isFlooded()) return;
    } else {
      const now = performance.now();
      strikes = Math.max(0, strikes - (now - lastStrike) / strikeLifetimeMs) + 1;
      lastStrike = now;
    }
    if (strikes <= maxStrikes && !own.messages.isFlooded()) return;
    note('MESSAGE_RATE');
    close(tooManyRequests, 'Too many messages. Send fewer at a time.');
  };

  connection.on('data', (chunk: Buffer) => {
    unfinished += chunk.byteLength;
    own.bytes.take(chunk.byteLength);
    sharedBuckets(caller()).bytes.take(chunk.byteLength);
    if (caller().viewer === null && unfinished > 2 * maxAnonymousMessage) closeAsTooBig();
    checkPace();
  });
  connection.on('timeout', () => {
    note('BUFFERED_BYTES');
    socket.terminate();
  });

  return {
    async send(text) {
      if (socket.readyState !== socket.OPEN) return;
      const release = hold(Buffer.byteLength(text));
      if (!release) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      // After a write error, such as a reset by the peer, the socket closes.
      socket.send(text, () => {
        release();
        checkUnsent();
        resolve();
      });
      checkUnsent();
      await promise;
    },
    sendNow(opening, json) {
      if (socket.readyState !== socket.OPEN || socket.bufferedAmount > 0) return false;
      connection.write(resultFrame(opening, json), afterSendNow);
      // Almost always the operating system has taken all of it.
      if (connection.writableLength > 0) unsent ??= hold(connection.writableLength);
      return true;
    },
    pong(write) {
      if (isPonging || socket.readyState !== socket.OPEN) return;
      isPonging = true;
      write(() => {
        isPonging = false;
      });
    },
    receive(bytes) {
      unfinished = 0;
      if (socket.readyState !== socket.OPEN) return false;
      own.messages.take(1);
      sharedBuckets(caller()).messages.take(1);
      checkFlood();
      checkPace();
      if (caller().viewer === null && bytes > maxAnonymousMessage) closeAsTooBig();
      return socket.readyState === socket.OPEN;
    },
    isBlocked: () => pauses.has('unsent'),
    close,
  };
};
