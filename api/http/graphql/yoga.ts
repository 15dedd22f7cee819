import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Budgets, Release } from '../../budgets/budgets.ts';
import type { DocumentLimits } from '../../config/values/documentLimits.ts';
import type { Caller } from '../../graph/context.ts';
import type { Exchange } from '../server/exchange.ts';
import type { RequestLimit } from '../server/requestLimit.ts';
import type { PersistedDocuments } from './persistedDocuments.ts';
import { type AuthenticatedTransport, useAuthentication } from './plugins/useAuthentication.ts';
import { useBatching } from './plugins/useBatching.ts';
import { useBounds } from './plugins/useBounds.ts';
import { useBudgets } from './plugins/useBudgets.ts';
import { useCompression } from './plugins/useCompression.ts';
import { useCost } from './plugins/useCost.ts';
import { useDocumentLimits } from './plugins/useDocumentLimits.ts';
import { useFailures } from './plugins/useFailures.ts';
import { type Introspection, useIntrospection } from './plugins/useIntrospection.ts';
import { useJsonRequests } from './plugins/useJsonRequests.ts';
import { useMultipartSubscriptions } from './plugins/useMultipartSubscriptions.ts';
import { usePersistedDocuments } from './plugins/usePersistedDocuments.ts';
import { usePreparedEvents } from './plugins/usePreparedEvents.ts';
import { useSessionEnd } from './plugins/useSessionEnd.ts';
import { useStreamResponses } from './plugins/useStreamResponses.ts';
import { useUploads } from './plugins/useUploads.ts';

/** What a transport passes with an operation. */
export interface Transport extends AuthenticatedTransport {
  /** Of an operation over HTTP. */
  readonly exchange?: Exchange;
  /** Whether the results go to the event stream of another request (singleConnection). Absent: no. */
  readonly isEventStream?: boolean;
  /** Of an operation on a socket or an event stream: sets what to release once its result is sent. */
  readonly afterAnswer?: (release: Release) => void;
  /** Of a subscription on a socket or an event stream: sends the JSON of a result at once. Returns false if that isn't possible now. */
  readonly sendResult?: (json: string) => boolean;
}

export interface YogaDeps {
  readonly schema: GraphQLSchema;
  readonly context: (caller: Caller) => object;
  readonly documents: PersistedDocuments;
  readonly documentLimits: DocumentLimits;
  readonly introspection: Introspection;
  /** Maximum bytes of a request's body. */
  readonly bodyLimit: number;
  /** The same of a multipart body with files. */
  readonly uploadLimit: number;
  readonly budgets: Budgets;
  /** Maximum operations in a batch; 0: no batches. */
  readonly batchLimit: number;
  readonly requestLimit?: RequestLimit;
  readonly log: Logger;
  /** Further Envelop and Yoga plugins. They also run for sockets, where there is no `request`. */
  readonly plugins?: readonly Plugin[];
}

export type Yoga = YogaServerInstance<Transport, object>;

/** Maximum characters of all documents in the parser cache; a parsed document has many times its size. */
const maxCached = 262_144;

/** Creates a cache bounded by size, since Yoga's default holds a thousand documents of any size. */
const documentCache = <Value extends object>() =>
  new LRUCache<string, Value>({ maxSize: maxCached, sizeCalculation: (_value, text) => text.length + 1 });

/** Creates Yoga, which serves GraphQL over HTTP and SSE. Sockets and single connections use its `getEnveloped`. */
export const createGraphQL = (deps: YogaDeps): Yoga => {
  const { schema, context, documents, documentLimits, introspection, log, plugins = [] } = deps;
  return createYoga<Transport, object>({
    schema,
    graphqlEndpoint: '/graphql',
    plugins: [
      useJsonRequests(deps.bodyLimit),
      useUploads(),
      useBatching(deps.requestLimit),
      useAuthentication(context),
      usePersistedDocuments(documents),
      useDocumentLimits(documentLimits),
      useIntrospection(introspection),
      useBounds(),
      useCost(documentLimits.cost),
      usePreparedEvents(),
      useBudgets(deps.budgets),
      useDeferStream(),
      ...plugins,
      useSessionEnd(),
      useFailures(),
      useStreamResponses(),
      useMultipartSubscriptions(),
      useCompression(),
    ],
    // useFailures, and the socket's own hooks, mask errors, because they know the request id.
    maskedErrors: false,
    maxRequestBodySize: Math.max(deps.bodyLimit, deps.uploadLimit),
    parserAndValidationCache: { documentCache: documentCache(), errorCache: documentCache() },
    batching: deps.batchLimit > 0 ? { limit: deps.batchLimit } : false,
    // `useUploads` reads them, with bounds.
    multipart: false,
    // Answered for every surface alike before Yoga is reached.
    cors: false,
    graphiql: false,
    landingPage: false,
    logging: {
      debug: (...args) => log.trace({ args }, 'yoga'),
      info: (...args) => log.debug({ args }, 'yoga'),
      warn: (...args) => log.warn({ args }, 'yoga'),
      error: (...args) => log.error({ args }, 'yoga'),
    },
  });
};
