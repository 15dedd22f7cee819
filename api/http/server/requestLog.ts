import type { Exchange } from './exchange.ts';

/** Addresses that are asked so often, or by so many, that a line for each says little. */
const quiet = /^\/(?:health\/|assets\/)/;

/** What stands at the end of an invite's address, or of a password's, lets in who has it. */
const withoutSecret = (path: string): string => path.replace(/^(\/(?:invite|reset)\/).+/, '$1…');

/** One line for each request, when its response is sent, or when the client has left before. */
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
    if (quiet.test(path)) log.debug(line, 'request');
    else log.info(line, 'request');
  });
};
