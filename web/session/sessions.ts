import { createSession, type Session } from '../relay/environment.ts';

/** The session of this tab. Signing in or out replaces it, so nothing that was read before remains. */
export interface Sessions {
  readonly current: () => Session;
  readonly renew: () => void;
  /** Returns a function that stops listening. */
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
