import type { GatewayConfigSupergraph } from '@graphql-hive/gateway-runtime';
import { getOperationAST, OperationTypeNode } from 'graphql';
import { executeOverHttp } from './http.ts';
import type { UpstreamRequest } from './request.ts';
import { createUpstreamSockets } from './sockets.ts';

/**
 * The gateway's transports to subgraphs: HTTP for queries and mutations, graphql-transport-ws for subscriptions, always
 * with the caller's token.
 */
export const transports: GatewayConfigSupergraph['transports'] = () => ({
  getSubgraphExecutor({ subgraphName: name, transportEntry: { location: url } }) {
    if (!url) throw new Error(`the supergraph has no URL for the subgraph ${name}`);
    const sockets = createUpstreamSockets({ name, url });
    const execute = <Result>(request: UpstreamRequest) =>
      getOperationAST(request.document)?.operation === OperationTypeNode.SUBSCRIPTION
        ? sockets.subscribe<Result>(request)
        : executeOverHttp<Result>({ name, url }, request);
    return Object.assign(execute, { [Symbol.asyncDispose]: () => sockets.close() });
  },
});
