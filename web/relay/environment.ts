import {
  Environment,
  type MissingFieldHandler,
  Network,
  RecordSource,
  ROOT_TYPE,
  Store,
} from 'relay-runtime';
import { serverAddress } from './basePath.ts';
import { type Connection, createConnection } from './connection.ts';
import { createFetch } from './network.ts';
import { createSocket, createSubscribe } from './socket.ts';

/** Everything that belongs to one session in this tab: the store and the live connection. */
export interface Session {
  readonly environment: Environment;
  readonly connection: Connection;
  /** Closes the socket. The store is freed with the last reference to it. */
  readonly end: () => void;
}

/** Resolves `node(id:)` from the store if a list or a mutation has already fetched that record. */
const nodeById: MissingFieldHandler = {
  kind: 'linked',
  handle: (field, parent, args) =>
    parent?.getType() === ROOT_TYPE && field.name === 'node' && typeof args.id === 'string'
      ? args.id
      : undefined,
};

export const createSession = (onSessionLost: () => void): Session => {
  const connection = createConnection();
  const url = `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}${serverAddress('/graphql')}`;
  const socket = createSocket(url, connection, onSessionLost);
  const environment = new Environment({
    network: Network.create(createFetch(onSessionLost), createSubscribe(socket)),
    store: new Store(new RecordSource(), { gcReleaseBufferSize: 20 }),
    missingFieldHandlers: [nodeById],
  });
  return { environment, connection, end: () => void socket.dispose() };
};
