/** `lost` once a socket that should be open has been closed for a while; while it first connects, it is `open`. */
export type ConnectionState = 'open' | 'lost';

/** The state of the live connection. */
export interface Connection {
  readonly state: () => ConnectionState;
  /** The number of times that live updates started: a socket opened, or a subscription was renewed. */
  readonly openings: () => number;
  /** The time since live updates last started, in ms; `Infinity` before the first start. */
  readonly openFor: () => number;
  /** Records that a subscription that had ended on an open socket was renewed: events in between were lost. */
  readonly resubscribed: () => void;
  /** Returns a function that stops listening. */
  readonly subscribe: (listener: () => void) => () => void;
}

export interface ConnectionControl extends Connection {
  readonly opened: () => void;
  readonly closed: () => void;
}

/** How long a drop may last before the page reports it, in ms. Most end sooner, and a flashing notice is noise. */
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
