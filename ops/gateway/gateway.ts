import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime, getGraphQLWSOptions } from '@graphql-hive/gateway-runtime';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { transports } from './upstream/transport.ts';

/** The maximum size of a socket message, in bytes. */
const messageLimit = 1024 * 1024;

export interface GatewayOptions {
  /** The supergraph, as SDL. */
  readonly supergraph: string;
  /** The HTTP URL of each subgraph, by name. */
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface Gateway {
  /** The HTTP URL; sockets use the same path. */
  readonly url: string;
  /** Ends sockets and requests, and closes connections to subgraphs. */
  close(): Promise<void>;
}

/** Starts Hive Gateway over the supergraph. Each subgraph authorizes by the caller's token; the gateway doesn't. */
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
