import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { RelayEnvironmentProvider } from 'react-relay';
import type { Connection, ConnectionState } from '../relay/connection.ts';
import type { Sessions } from './sessions.ts';

const SessionContext = createContext<{ readonly connection: Connection; readonly renew: () => void } | null>(
  null,
);

export const SessionProvider = ({ sessions, children }: { sessions: Sessions; children: ReactNode }) => {
  const session = useSyncExternalStore(sessions.subscribe, sessions.current);
  return (
    <SessionContext value={{ connection: session.connection, renew: sessions.renew }}>
      <RelayEnvironmentProvider environment={session.environment}>{children}</RelayEnvironmentProvider>
    </SessionContext>
  );
};

const useSession = () => {
  const session = useContext(SessionContext);
  if (!session) throw new Error('A part that needs the session stands outside of SessionProvider.');
  return session;
};

/** Replaces the session, which drops everything that was read. Used after signing in and after signing out. */
export const useRenewSession = (): (() => void) => useSession().renew;

export const useConnectionState = (): ConnectionState => {
  const { connection } = useSession();
  return useSyncExternalStore(connection.subscribe, connection.state);
};

export const useConnection = (): Connection => useSession().connection;

/** The number of times that live updates have started. */
export const useOpenings = (): number => {
  const { connection } = useSession();
  return useSyncExternalStore(connection.subscribe, connection.openings);
};
