import { createSession, type Session } from '../relay/environment.ts';

/** The one session of this tab. Signing in or out ends it and begins another, so nothing read before is left. */
export interface Sessions {
  readonly current: () => Session;
  readonly renew: () => void;
  /** Returns how to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
}

export const createSessions = (onLost: () => void): Sessions => {
  const listeners = new Set<() => void>();
  const begin = (): Session => {
    const session: Session = createSession(() => {
      if (session === current) onLost();
    });
    return session;
  };
  let current = begin();
  return {
    current: () => current,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    renew: () => {
      current.end();
      current = begin();
      for (const listener of listeners) listener();
    },
  };
};
