import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { surfaceOfPath } from '../../metrics/requestMetrics.ts';
import { tracing } from '../../process/tracing.ts';
import type { Exchange } from './exchange.ts';
import { withoutSecret } from './requestLog.ts';

/** The trace of a request. */
export interface RequestTrace {
  /** Null if the request isn't traced. */
  readonly traceId: string | null;
  /** Runs the handling of the request as a part of its trace. */
  run<Result>(handle: () => Result): Result;
}

const untraced: RequestTrace = { traceId: null, run: (handle) => handle() };

/** Paths that are polled. */
const polled = new Set(['health', 'metrics']);

/** Starts the span of a request, which continues the trace of its `traceparent`. It ends with the response. */
export const traceRequest = ({ request, response, path, requestId }: Exchange): RequestTrace => {
  if (!tracing.isOn) return untraced;
  const surface = surfaceOfPath(path);
  if (polled.has(surface)) return untraced;
  const method = request.method ?? 'GET';
  const parent = propagation.extract(context.active(), request.headers);
  const span = trace.getTracer('ziggie-llm').startSpan(
    `${method} ${surface}`,
    {
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': method,
        'url.path': withoutSecret(path),
        'ziggie.surface': surface,
        'ziggie.request.id': requestId,
      },
    },
    parent,
  );
  response.once('close', () => {
    const { statusCode } = response;
    span.setAttribute('http.response.status_code', statusCode);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    if (!response.writableFinished) span.setAttribute('ziggie.aborted', true);
    span.end();
  });
  const within = trace.setSpan(parent, span);
  return { traceId: span.spanContext().traceId, run: (handle) => context.with(within, handle) };
};
