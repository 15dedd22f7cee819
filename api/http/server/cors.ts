import type { Origins } from '../auth/origins.ts';
import type { Exchange } from './exchange.ts';

/** Request headers that pages of listed origins may send, beside those that the Fetch Standard always permits. */
const allowedHeaders = ['Authorization', 'Content-Type', 'X-Api-Key', 'X-Request-Id'];

/** Headers in which OpenAI's client describes its platform; newer versions add more. */
const openaiClientHeader = /^(?:x-stainless-[a-z-]+|openai-(?:organization|project))$/i;

/**
 * Sets the headers of cross-origin resource sharing (Fetch Standard, 3.3). Only listed origins may call, also with the
 * session cookie. Answers a preflight request, and then returns true.
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
      const requested = request.headers['access-control-request-headers']?.split(',') ?? [];
      const openaiHeaders = requested
        .map((name) => name.trim())
        .filter((name) => openaiClientHeader.test(name));
      response.setHeader('Access-Control-Allow-Headers', [...allowedHeaders, ...openaiHeaders].join(', '));
      response.setHeader('Access-Control-Max-Age', '7200');
    }
  }
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204).end();
  return true;
};
