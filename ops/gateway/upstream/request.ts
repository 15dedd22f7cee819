import type { IncomingHttpHeaders } from 'node:http';
import type { DocumentNode } from 'graphql';
import { bearerToken } from '../../../api/http/auth/authenticate.ts';
import { connectionToken } from '../../../api/http/auth/connectionToken.ts';

/** The gateway's request context: the HTTP headers, and on a socket also its `connectionParams`. */
export interface CallerContext {
  readonly headers?: IncomingHttpHeaders;
  readonly connectionParams?: Readonly<Record<string, unknown>>;
}

/** The part of the caller's operation for one subgraph. */
export interface UpstreamRequest {
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly context?: CallerContext;
  /** Aborted when the caller disconnects. */
  readonly signal?: AbortSignal;
}

/** Returns the caller's token, by which a subgraph authorizes; null without one. */
export const callerToken = ({ context }: UpstreamRequest): string | null =>
  connectionToken(context?.connectionParams) ?? bearerToken(context?.headers?.authorization);

/** A subgraph. */
export interface Upstream {
  readonly name: string;
  /** Its HTTP URL. */
  readonly url: string;
}
