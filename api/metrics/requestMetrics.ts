import { boundedLabel, buckets, type Definitions } from './definitions.ts';
import { traceId } from './traceId.ts';

/** An HTTP request whose response has ended. */
export interface EndedRequest {
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly durationS: number;
  /** Whether the response is a stream of events, which lasts as long as its answer. */
  readonly isStream: boolean;
  /** Whether the client disconnected first. */
  readonly isAborted: boolean;
  readonly requestId: string;
  /** Null if the request isn't traced. */
  readonly traceId: string | null;
}

/** A GraphQL operation that has ended; a subscription ends with its stream. */
export interface EndedOperation {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly transport: 'http' | 'socket';
  readonly durationS: number;
  /** The codes of its errors. */
  readonly errors: readonly string[];
}

/** Counts requests. Its methods don't throw. */
export interface RequestMetrics {
  requestEnded(request: EndedRequest): void;
  operationEnded(operation: EndedOperation): void;
}

const methods = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH']);

/** The request surfaces by the beginnings of their paths; the first match counts. */
const surfaces: readonly (readonly [prefix: string, surface: string])[] = [
  ['/graphql', 'graphql'],
  ['/v1/messages', 'anthropic'],
  ['/v1/', 'openai'],
  ['/api/chat', 'ollama'],
  ['/api/generate', 'ollama'],
  ['/api/embed', 'ollama'],
  ['/api/tags', 'ollama'],
  ['/api/show', 'ollama'],
  ['/api/ps', 'ollama'],
  ['/api/pull', 'ollama'],
  ['/api/version', 'ollama'],
  ['/mcp', 'mcp'],
  ['/api/', 'rest'],
  ['/health', 'health'],
  ['/metrics', 'metrics'],
];

export const surfaceOfPath = (path: string): string =>
  surfaces.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'web';

export const createRequestMetrics = ({ counter, histogram }: Definitions): RequestMetrics => {
  const requests = counter(
    'ziggie_http_requests_total',
    'HTTP requests whose response ended, by surface, method and status. Status 499: the client disconnected first.',
    ['surface', 'method', 'status'],
  );
  const durations = histogram(
    'ziggie_http_request_duration_seconds',
    'Duration of an HTTP request by surface. A stream lasts as long as its answer.',
    ['surface', 'stream'],
    buckets.request,
  );
  const operations = counter(
    'ziggie_graphql_operations_total',
    'GraphQL operations that ended, by type, transport, and whether they had errors.',
    ['type', 'transport', 'result'],
  );
  const operationDurations = histogram(
    'ziggie_graphql_operation_duration_seconds',
    'Duration of a GraphQL query or mutation.',
    ['type', 'transport'],
    buckets.request,
  );
  const errors = counter('ziggie_graphql_errors_total', 'Errors of GraphQL operations, by code.', ['code']);
  const codeLabel = boundedLabel(50);

  return {
    requestEnded({ path, method, status, durationS, isStream, isAborted, requestId, traceId: trace }) {
      const surface = surfaceOfPath(path);
      requests.inc({
        surface,
        method: methods.has(method) ? method : 'other',
        status: isAborted ? '499' : String(status),
      });
      durations.observe({ surface, stream: String(isStream) }, durationS, {
        request_id: requestId.slice(0, 64),
        ...(trace && { trace_id: trace }),
      });
    },
    operationEnded({ type, transport, durationS, errors: codes }) {
      operations.inc({ type, transport, result: codes.length > 0 ? 'error' : 'ok' });
      for (const code of codes) errors.inc({ code: codeLabel(code) });
      if (type === 'subscription') return;
      const trace = traceId();
      operationDurations.observe({ type, transport }, durationS, trace ? { trace_id: trace } : {});
    },
  };
};
