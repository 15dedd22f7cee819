import { Failure } from '../../errors/failures.ts';
import { sendFailure } from '../responses/json.ts';
import type { Exchange } from '../server/exchange.ts';
import type { Operation } from './endpoint.ts';
import { failAtPath, nothingAt } from './unknownPaths.ts';

/** Marks routes for the compiler: only `endpoint` makes them. */
declare const byEndpoint: unique symbol;

/** Why the OpenAPI document leaves out a route: it is no operation that a program calls, or one of another protocol. */
export type Unlisted = 'page' | 'redirect' | 'metrics' | 'rejection' | 'protocol';

/** A REST route, made by `endpoint`. A `GET` route answers `HEAD` too. */
export interface Route {
  readonly [byEndpoint]: true;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The exact path. A star at the end is all paths below it that no other route matches; one inside is any segment. */
  readonly path: string;
  /** Its entry in the OpenAPI document, with the path as written there; or why it has none. */
  readonly operation: (Operation & { readonly path: string }) | Unlisted;
  handle(exchange: Exchange): Promise<void>;
  /** Sends the errors that `handle` throws. Absent: as `{"detail": …}`. */
  fail?(exchange: Exchange, error: unknown): void;
}

class MethodNotAllowed extends Failure {
  override get httpStatus(): number {
    return 405;
  }
}

/** Paths of APIs: an unknown one is answered with a JSON error, not with a page. */
const apiPath = /^\/(?:api|v1|health|mcp)(?:\/|$)/;

/** Handles the request by the route of its path. Returns false if it's neither a route's nor an API's. */
export const handleRoute = async (exchange: Exchange, routes: readonly Route[]): Promise<boolean> => {
  const { request, response, path } = exchange;
  const exact = routes.filter((route) => route.path === path || matchesInside(route.path, path));
  const here = exact.length > 0 ? exact : closestAbove(path, routes);
  if (here.length === 0) {
    if (!apiPath.test(path)) return false;
    failAtPath(exchange, nothingAt(exchange));
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
      throw new MethodNotAllowed('BAD_USER_INPUT', `${path} only takes ${allowed}.`);
    }
  } catch (error) {
    fail(exchange, error);
  }
  return true;
};

/** Whether a path matches one that has a star before its last segment. */
const matchesInside = (pattern: string, path: string): boolean => {
  const [before = '', after] = pattern.split('*');
  if (!after || !path.startsWith(before) || !path.endsWith(after)) return false;
  const segment = path.slice(before.length, -after.length);
  return segment !== '' && !segment.includes('/');
};

/** Returns the routes with `/*` whose prefix of the path is the longest. */
const closestAbove = (path: string, routes: readonly Route[]): readonly Route[] => {
  const above = routes.filter(
    (route) => route.path.endsWith('/*') && path.startsWith(route.path.slice(0, -1)),
  );
  const longest = Math.max(0, ...above.map((route) => route.path.length));
  return above.filter((route) => route.path.length === longest);
};
