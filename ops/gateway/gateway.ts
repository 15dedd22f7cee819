import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime, getGraphQLWSOptions } from '@graphql-hive/gateway-runtime';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { transports } from './upstream/transport.ts';

/** Bytes that a message on a socket may have. */
const messageLimit = 1024 * 1024;

export interface GatewayOptions {
  /** The supergraph, as SDL. */
  readonly supergraph: string;
  /** Where each subgraph answers over HTTP, by its name. */
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface Gateway {
  /** Its address over HTTP; sockets have the same path. */
  readonly url: string;
  /** Ends sockets and requests, and closes what it has open to subgraphs. */
  close(): Promise<void>;
}

/** Hive Gateway over the supergraph. It decides nothing: each subgraph does, by the caller's token. */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { supergraph, subgraphs, host, port } = options;
  const runtime = createGatewayRuntime({
    supergraph,
    transports,
    transportEntries: Object.fromEntries(
      Object.entries(subgraphs).map(([name, location]) => [name, { location }]),
    ),
    graphiql: false,
    landingPage: false,
    logging: 'warn',
  });
  const server = createServer(runtime);
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: messageLimit });
  const protocol = useServer(
    getGraphQLWSOptions<Record<string, unknown>, Extra>(runtime, ({ extra }) => ({
      headers: extra.request.headers,
    })),
    sockets,
  );
  server.listen(port, host);
  await once(server, 'listening');
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${bound}/graphql`,
    async close() {
      await protocol.dispose();
      server.close();
      server.closeAllConnections();
      await runtime[Symbol.asyncDispose]();
    },
  };
};
