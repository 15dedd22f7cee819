import type { Origins } from '../auth/origins.ts';
import type { Exchange } from './exchange.ts';

/** What programs in a browser may send beside what every page may. */
const headers = ['Authorization', 'Content-Type', 'X-Api-Key', 'X-Request-Id'];

/** OpenAI's own client says with each request on what it runs, in headers whose names grow with its versions. */
const ofOpenAI = /^(?:x-stainless-[a-z-]+|openai-(?:organization|project))$/i;

/**
 * Cross-origin resource sharing (Fetch Standard, 3.3): closed but for the listed origins, which may send the cookie.
 * Answers preflight requests; true where it did.
 */
export const answerCors = ({ request, response }: Exchange, origins: Origins): boolean => {
  const { origin } = request.headers;
  response.setHeader('Vary', 'Origin');
  if (origin !== undefined && origins.isListed(origin)) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Expose-Headers', 'Retry-After, X-Request-Id');
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
      const asked = request.headers['access-control-request-headers']?.split(',') ?? [];
      const alsoTaken = asked.map((name) => name.trim()).filter((name) => ofOpenAI.test(name));
      response.setHeader('Access-Control-Allow-Headers', [...headers, ...alsoTaken].join(', '));
      response.setHeader('Access-Control-Max-Age', '7200');
    }
  }
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204).end();
  return true;
};
