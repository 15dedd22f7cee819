/** `lost` once a socket that should be open has been closed for a moment; a first connection in the making is `open`. */
export type ConnectionState = 'open' | 'lost';

/** Tells the page whether live updates arrive. */
export interface Connection {
  readonly state: () => ConnectionState;
  /** How often a dropped socket came back. */
  readonly reconnects: () => number;
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
  let telling: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    state: () => state,
    reconnects: () => Math.max(0, openings - 1),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    opened: () => {
      clearTimeout(telling);
      telling = undefined;
      state = 'open';
      openings += 1;
      tell();
    },
    closed: () => {
      telling ??= setTimeout(() => {
        state = 'lost';
        tell();
      }, grace);
    },
  };
};
