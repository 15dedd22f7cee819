import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { TestServer } from '../testing/testServer.ts';

export const protocol = 'graphql-transport-ws';

/** Opens a socket that sends raw messages, so that tests can violate the protocol. */
export const connect = async (server: TestServer, headers: Record<string, string> = {}) => {
  const socket = new WebSocket(server.socketUrl, protocol, { headers });
  const closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  await once(socket, 'open');
  return {
    socket,
    closed,
    send: (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    receive: async () => JSON.parse(String((await once(socket, 'message'))[0])),
  };
};

export type Peer = Awaited<ReturnType<typeof connect>>;

/** Opens a socket and completes `connection_init`. */
export const acknowledged = async (
  server: TestServer,
  payload?: unknown,
  headers?: Record<string, string>,
): Promise<Peer> => {
  const peer = await connect(server, headers);
  peer.send({ type: 'connection_init', payload });
  expect(await peer.receive()).toEqual({ type: 'connection_ack' });
  return peer;
};

/** Sends an operation. Returns the first message after it. */
export const sendQuery = async (peer: Peer, query: string, id = 'q'): Promise<unknown> => {
  peer.send({ id, type: 'subscribe', payload: { query } });
  return peer.receive();
};
