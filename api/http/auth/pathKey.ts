import type { IncomingMessage } from 'node:http';

/** `/zk_…/api/tags`: an API key, and below it a path of an API for programs. */
const keyedPath = /^\/(zk_[\w-]{20,100})(\/(?:(?:api|v1)(?:[/?].*)?)?)$/;

/**
 * Moves an API key at the start of the path to `X-API-Key`, for clients that send no header of their own: Ollama's CLI
 * knows only a URL, and drops the user of it. The rest of the server, logs included, sees the path without the key.
 */
export const moveKeyFromPath = (request: IncomingMessage): void => {
  const [, key, rest] = keyedPath.exec(request.url ?? '') ?? [];
  if (key === undefined || rest === undefined) return;
  request.url = rest;
  if (request.headers.authorization === undefined) request.headers['x-api-key'] ??= key;
};
