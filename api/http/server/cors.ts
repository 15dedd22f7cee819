import type { Origins } from '../auth/origins.ts';
import type { Exchange } from './exchange.ts';

/** A name of a request header (RFC 9110, 5.1), of a length that real ones have. */
const headerName = /^[\w!#$%&'*+.^`|~-]{1,100}$/;

/** Headers by which proxies describe a client. */
const proxyHeader = /^(?:forwarded|x-forwarded-.*|x-real-ip)$/i;

/** Maximum headers that a preflight request may ask for. */
const maxHeaders = 100;

/**
 * Sets the headers of cross-origin resource sharing (Fetch Standard, 3.3). Only trusted origins may call, also with the
 * session cookie. Answers a preflight request, and then returns true.
 */
export const answerCors = ({ request, response }: Exchange, origins: Origins): boolean => {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (origin !== undefined && origins.mayRead(request.headers)) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader(
      'Access-Control-Expose-Headers',
      'Mcp-Session-Id, Retry-After, X-Error-Code, X-Model-Reason, X-Request-Id, X-Should-Retry',
    );
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
      // Clients describe themselves in headers of their own, so a list would always lack some.
      const requested = request.headers['access-control-request-headers']?.split(',') ?? [];
      const names = requested
        .map((name) => name.trim())
        .filter((name) => headerName.test(name) && !proxyHeader.test(name));
      response.setHeader('Access-Control-Allow-Headers', names.slice(0, maxHeaders).join(', '));
      response.setHeader('Access-Control-Max-Age', '7200');
    }
  }
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204).end();
  return true;
};
