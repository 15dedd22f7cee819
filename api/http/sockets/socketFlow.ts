import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { BudgetCaller, Budgets, Release } from '../../budgets/budgets.ts';
import type { NoteHit } from '../../limits/hits/limitHits.ts';
import { createBuckets, type MessageBuckets, type SharedBuckets, socketRates } from './socketRates.ts';

/** Unsent bytes above which nothing is read from a socket, and below which it is read again. */
const highWater = 256 * 1024;
const lowWater = 64 * 1024;
/** Bytes of one message, and of an unfinished one, before authentication. */
const anonymousMessage = 64 * 1024;
/** How long a peer may take none of what waits for it, in milliseconds. */
const defaultStallMs = 30_000;
/** After so many pauses for too many messages, each forgiven after a while, in milliseconds, the socket is closed. */
const maxStrikes = 10;
const forgivenMs = 10_000;
/** How long a peer has to take the close frame, in milliseconds. */
const goodbyeMs = 1000;

/** WebSocket close codes, RFC 6455 and graphql-transport-ws. */
const tryAgainLater = 1013;
const messageTooBig = 1009;
const tooManyRequests = 4429;

export interface SocketFlowDeps {
  readonly socket: WebSocket;
  /** The connection below it. */
  readonly connection: Duplex;
  readonly caller: () => BudgetCaller;
  readonly budgets: Pick<Budgets, 'holdBytes'>;
  readonly sharedBuckets: SharedBuckets;
  readonly noteHit: NoteHit;
  readonly stallMs?: number;
}

/**
 * Keeps one socket from costing more than its share: nothing is read from a peer that doesn't read, or that sends too
 * fast, so that TCP holds it back.
 */
export interface SocketFlow {
  /** Resolves when the text is handed to the system, or the socket has closed. */
  send(text: string): Promise<void>;
  /** Answers a ping of either protocol, unless an answer waits already. */
  pong(write: (sent: () => void) => void): void;
  /** Counts a message, or a control frame. False: it is to be ignored. */
  receive(bytes: number): boolean;
  /** Whether the peer has yet to read what was sent. */
  isBlocked(): boolean;
  /** Sends a close frame, and ends the connection soon even if the peer doesn't read it. */
  close(code: number, reason: string): void;
}

export const createSocketFlow = (deps: SocketFlowDeps): SocketFlow => {
  const { socket, connection, caller, budgets, sharedBuckets, noteHit, stallMs = defaultStallMs } = deps;
  const own: MessageBuckets = createBuckets(socketRates);
  /** Why nothing is read now. */
  const pauses = new Set<'unsent' | 'pace'>();
  let unfinished = 0;
  let strikes = 0;
  let lastStrike = performance.now();
  let isPonging = false;

  const pause = (reason: 'unsent' | 'pace') => {
    pauses.add(reason);
    socket.pause();
  };
  const resume = (reason: 'unsent' | 'pace') => {
    pauses.delete(reason);
    if (pauses.size === 0 && socket.readyState === socket.OPEN) socket.resume();
  };
  // Node counts a connection as idle while a write makes no progress; what a peer sends isn't read meanwhile.
  const setIdleLimit = (ms: number) => {
    if ('setTimeout' in connection && typeof connection.setTimeout === 'function') connection.setTimeout(ms);
  };

  const close = (code: number, reason: string) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.pause();
    socket.close(code, reason);
    const timer = setTimeout(() => socket.terminate(), goodbyeMs);
    socket.once('close', () => clearTimeout(timer));
  };

  const note = (limit: 'MESSAGE_RATE' | 'BUFFERED_BYTES') => {
    const { viewer, address } = caller();
    noteHit({ limit, userId: viewer?.user.id ?? null, address: viewer ? null : address });
  };

  /** Null, and the socket is closed, where too much is unread already. */
  const hold = (bytes: number): Release | null => {
    try {
      return budgets.holdBytes(caller(), bytes);
    } catch {
      close(tryAgainLater, 'Too much of the answers is unread. Read faster, or ask for less.');
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

  const checkPace = () => {
    if (pauses.has('pace')) return;
    const both = [own, sharedBuckets(caller())];
    const waitMs = Math.max(...both.flatMap(({ messages, bytes }) => [messages.waitMs(), bytes.waitMs()]));
    if (waitMs === 0) return;
    pause('pace');
    const timer = setTimeout(() => resume('pace'), Math.min(waitMs, stallMs));
    socket.once('close', () => clearTimeout(timer));
  };

  /** Closes the socket where it sends too many messages again and again, or very many at once. */
  const checkFlood = () => {
    if (own.messages.waitMs() === 0 || pauses.has('pace')) {
      if (!own.messages.isFlooded()) return;
    } else {
      const now = performance.now();
      strikes = Math.max(0, strikes - (now - lastStrike) / forgivenMs) + 1;
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
    if (caller().viewer === null && unfinished > 2 * anonymousMessage) {
      close(messageTooBig, `Before authentication a message has ${anonymousMessage} bytes at most.`);
    }
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
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      socket.send(text, (error) => {
        release();
        checkUnsent();
        if (error && socket.readyState === socket.OPEN) reject(error);
        else resolve();
      });
      checkUnsent();
      await promise;
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
      if (caller().viewer === null && bytes > anonymousMessage) {
        close(messageTooBig, `Before authentication a message has ${anonymousMessage} bytes at most.`);
      }
      return socket.readyState === socket.OPEN;
    },
    isBlocked: () => pauses.has('unsent'),
    close,
  };
};
