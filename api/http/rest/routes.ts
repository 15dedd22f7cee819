import { Failure } from '../../errors/failures.ts';
import { sendFailure } from '../responses/json.ts';
import type { Exchange } from '../server/exchange.ts';

/** One REST address. A `GET` one answers `HEAD` too. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** Just this one, or with `/*` at its end all below it that no other route has. */
  readonly path: string;
  handle(exchange: Exchange): Promise<void>;
  /** Answers what `handle` throws; without it the answer is `{"detail": …}`. */
  fail?(exchange: Exchange, error: unknown): void;
}

class MethodNotAllowed extends Failure {
  override get httpStatus(): number {
    return 405;
  }
}

/** These addresses are for programs: what is unknown below them is JSON, not a page. */
const forPrograms = /^\/(?:api|v1|health)(?:\/|$)/;

/** Answers from `routes`; false where the address is none of theirs. */
export const handleRoute = async (exchange: Exchange, routes: readonly Route[]): Promise<boolean> => {
  const { request, response, path } = exchange;
  const exact = routes.filter((route) => route.path === path);
  const here = exact.length > 0 ? exact : closestAbove(path, routes);
  if (here.length === 0) {
    if (!forPrograms.test(path)) return false;
    sendFailure(exchange, new Failure('NOT_FOUND', `There is nothing at ${path}.`));
    return true;
  }
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = here.find((candidate) => candidate.method === method);
  const fail = (route ?? here[0])?.fail ?? sendFailure;
  try {
    if (route) await route.handle(exchange);
    else {
      const allowed = here.map((candidate) => candidate.method).join(', ');
      response.setHeader('Allow', allowed);
      throw new MethodNotAllowed('BAD_USER_INPUT', `${path} takes ${allowed}.`);
    }
  } catch (error) {
    fail(exchange, error);
  }
  return true;
};

/** The routes with `/*` whose address goes furthest along the path. */
const closestAbove = (path: string, routes: readonly Route[]): readonly Route[] => {
  const above = routes.filter(
    (route) => route.path.endsWith('/*') && path.startsWith(route.path.slice(0, -1)),
  );
  const longest = Math.max(0, ...above.map((route) => route.path.length));
  return above.filter((route) => route.path.length === longest);
};
