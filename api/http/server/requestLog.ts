import type { RequestMetrics } from '../../metrics/requestMetrics.ts';
import type { DeferredTasks } from '../../process/deferredTasks.ts';
import type { Exchange } from './exchange.ts';

/** Paths that are requested so often that a line for each is noise. */
const quietPaths = /^\/(?:health\/|assets\/)/;

/** Redacts the secret of an invite, password reset or share link, and an API key at the start of a wrong path. */
export const withoutSecret = (path: string): string =>
  path.replace(/^(\/(?:invite|reset|share)\/).+/, '$1…').replace(/^\/zk_[^/]*/, '/zk_…');

/** The media types of responses that last as long as an answer. */
const streams = /^(?:text\/event-stream|application\/x-ndjson|multipart\/mixed)/;

export interface RequestLogDeps {
  /** Absent: requests aren't counted. */
  readonly metrics: RequestMetrics | undefined;
  /** For requests whose client has disconnected: a proxy that fails disconnects hundreds at once. */
  readonly disconnected: DeferredTasks;
}

/** Logs and counts each request once, when its response is sent or its client has disconnected. */
export const logRequest = (
  exchange: Exchange,
  { metrics, disconnected }: RequestLogDeps,
  traceId: string | null,
): void => {
  const { request, response, path, log, requestId } = exchange;
  const startedAt = performance.now();

  const report = (ms: number, isAborted: boolean): void => {
    metrics?.requestEnded({
      path,
      method: request.method ?? '',
      status: response.statusCode,
      durationS: ms / 1000,
      isStream: streams.test(String(response.getHeader('content-type') ?? '')),
      isAborted,
      requestId,
      traceId,
    });
    const line = {
      method: request.method,
      path: withoutSecret(path),
      status: response.statusCode,
      ms: Math.round(ms),
      ...(isAborted && { aborted: true }),
      ...(exchange.userId !== null && { userId: exchange.userId }),
      ...(traceId !== null && { traceId }),
    };
    if (quietPaths.test(path)) log.debug(line, 'request');
    else log.info(line, 'request');
  };

  response.once('close', () => {
    const ms = performance.now() - startedAt;
    if (response.writableFinished) report(ms, false);
    else disconnected.add(() => report(ms, true));
  });
};
