import { trace } from '@opentelemetry/api';

/** Returns the id of the current trace if it is sampled; else null. */
export const traceId = (): string | null => {
  const span = trace.getActiveSpan()?.spanContext();
  return span && (span.traceFlags & 1) === 1 ? span.traceId : null;
};
