import { once } from 'node:events';
import WebSocket from 'ws';

/** A result of an operation. */
export interface SocketResult {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** A small client of graphql-transport-ws: the package's own would cost more CPU than the server. */
export interface SocketClient {
  /** Runs an operation. Resolves when it completes; rejects if it fails. */
  run(
    query: string,
    variables: Readonly<Record<string, unknown>>,
    onResult: (result: SocketResult) => void,
  ): Promise<void>;
  close(): void;
}

interface Operation {
  readonly onResult: (result: SocketResult) => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Connects and authenticates. */
export const openSocket = async (url: string, token: string): Promise<SocketClient> => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    perMessageDeflate: false,
  });
  const operations = new Map<string, Operation>();
  const acknowledged = Promise.withResolvers<void>();
  let last = 0;

  const receive = (text: string) => {
    const { type, id = '', payload } = JSON.parse(text);
    const operation = operations.get(id);
    if (type === 'next') operation?.onResult(payload);
    else if (type === 'connection_ack') acknowledged.resolve();
    else if (type === 'ping') socket.send('{"type":"pong"}');
    else if (type === 'error') operation?.reject(new Error(JSON.stringify(payload)));
    else if (type === 'complete') operation?.resolve();
  };
  socket.on('message', (message) => receive(String(message)));
  socket.on('error', (error) => acknowledged.reject(error));
  socket.on('close', (code, reason) => {
    const error = new Error(`The socket was closed: ${code} ${String(reason)}`);
    acknowledged.reject(error);
    for (const { reject } of operations.values()) reject(error);
  });
  await once(socket, 'open');
  socket.send(
    JSON.stringify({ type: 'connection_init', payload: token ? { Authorization: `Bearer ${token}` } : {} }),
  );
  await acknowledged.promise;

  return {
    async run(query, variables, onResult) {
      last += 1;
      const id = String(last);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      operations.set(id, { onResult, resolve, reject });
      socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query, variables } }));
      await promise.finally(() => operations.delete(id));
    },
    close: () => socket.terminate(),
  };
};
