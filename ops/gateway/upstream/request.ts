import type { IncomingHttpHeaders } from 'node:http';
import type { DocumentNode } from 'graphql';
import { bearerToken } from '../../../api/http/auth/authenticate.ts';
import { connectionToken } from '../../../api/http/auth/connectionToken.ts';

/** What the gateway knows of who called it: over HTTP the headers, on a socket what it said as it connected too. */
export interface CallerContext {
  readonly headers?: IncomingHttpHeaders;
  readonly connectionParams?: Readonly<Record<string, unknown>>;
}

/** A part of the caller's operation, for one subgraph. */
export interface UpstreamRequest {
  readonly document: DocumentNode;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  readonly context?: CallerContext;
  /** Aborted when the caller leaves. */
  readonly signal?: AbortSignal;
}

/** The caller's own token, which a subgraph decides by; null for a caller who sent none. */
export const callerToken = ({ context }: UpstreamRequest): string | null =>
  connectionToken(context?.connectionParams) ?? bearerToken(context?.headers?.authorization);

/** A subgraph. */
export interface Upstream {
  readonly name: string;
  /** Its address over HTTP. */
  readonly url: string;
}
