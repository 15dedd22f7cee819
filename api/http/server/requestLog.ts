import type { Exchange } from './exchange.ts';

/** Paths that are requested so often that a line for each is noise. */
const quietPaths = /^\/(?:health\/|assets\/)/;

/** Redacts the token at the end of an invite or password reset link, and an API key at the start of a wrong path. */
const withoutSecret = (path: string): string =>
  path.replace(/^(\/(?:invite|reset)\/).+/, '$1…').replace(/^\/zk_[^/]*/, '/zk_…');

/** Logs one line per request, when its response is sent or its client has disconnected. */
export const logRequest = ({ request, response, path, log }: Exchange): void => {
  const startedAt = performance.now();
  response.once('close', () => {
    const line = {
      method: request.method,
      path: withoutSecret(path),
      status: response.statusCode,
      ms: Math.round(performance.now() - startedAt),
      ...(!response.writableFinished && { aborted: true }),
    };
    if (quietPaths.test(path)) log.debug(line, 'request');
    else log.info(line, 'request');
  });
};
