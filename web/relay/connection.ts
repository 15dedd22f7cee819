/** `lost` once a socket that should be open has been closed for a moment; a first connection in the making is `open`. */
export type ConnectionState = 'open' | 'lost';

/** Tells the page whether live updates arrive. */
export interface Connection {
  readonly state: () => ConnectionState;
  /** The number of times that live updates began: a socket opened, or a subscription was made again. */
  readonly openings: () => number;
  /** The time since the last of them, in ms; `Infinity` before the first. */
  readonly openFor: () => number;
  /** A subscription that ended on an open socket was made again: what was published in between is lost. */
  readonly resubscribed: () => void;
  /** Returns how to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface ConnectionControl extends Connection {
  readonly opened: () => void;
  readonly closed: () => void;
}

/** Milliseconds that a drop may last before anyone is told: most heal sooner, and a notice that flashes is noise. */
const grace = 1_200;

export const createConnection = (): ConnectionControl => {
  const listeners = new Set<() => void>();
  let state: ConnectionState = 'open';
  let openings = 0;
  let openedAt = Number.NEGATIVE_INFINITY;
  let telling: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const began = () => {
    openings += 1;
    openedAt = performance.now();
    tell();
  };
  return {
    state: () => state,
    openings: () => openings,
    openFor: () => performance.now() - openedAt,
    resubscribed: began,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    opened: () => {
      clearTimeout(telling);
      telling = undefined;
      state = 'open';
      began();
    },
    closed: () => {
      telling ??= setTimeout(() => {
        state = 'lost';
        tell();
      }, grace);
    },
  };
};
