import { Failure } from '../failures.ts';
import { sendFailure, sendJson } from './answers.ts';
import type { Exchange } from './exchange.ts';

/** One REST address. A `GET` one answers `HEAD` too. What `handle` throws is answered as `{"detail": …}`. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(exchange: Exchange): Promise<void>;
}

/** These addresses are for programs: what is unknown below them is JSON, not a page. */
const forPrograms = /^\/(?:api|v1|health)(?:\/|$)/;

/** Answers from `routes`; false where the address is none of theirs. */
export const answerRoute = async (exchange: Exchange, routes: readonly Route[]): Promise<boolean> => {
  const { request, response, path } = exchange;
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) {
    if (!forPrograms.test(path)) return false;
    sendFailure(exchange, new Failure('NOT_FOUND', `There is nothing at ${path}.`));
    return true;
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = here.find((candidate) => candidate.method === method);
  if (route) {
    await route.handle(exchange);
    return true;
  }
  const allowed = here.map((candidate) => candidate.method).join(', ');
  response.setHeader('Allow', allowed);
  sendJson(response, 405, { detail: `${path} takes ${allowed}.` });
  return true;
};
