import { Failure } from '../../errors/failures.ts';
import { sendFailure } from '../responses/json.ts';
import type { Exchange } from '../server/exchange.ts';
import { failAsAnthropic } from './anthropic/anthropicErrors.ts';
import { failAsLlm, failAsOllama } from './ollama/ollamaErrors.ts';
import { failAsOpenAI } from './openai/openaiErrors.ts';

type Fail = (exchange: Exchange, error: unknown) => void;

/** The error format of each path, where it isn't `{"detail": …}`; the first match counts. */
const formats: readonly (readonly [path: RegExp, fail: Fail])[] = [
  [/^\/+v1\/messages(?:\/|$)/, failAsAnthropic],
  [/^\/+v1(?:\/|$)/, failAsOpenAI],
  [/^\/+api\/llm(?:\/|$)/, failAsLlm],
  [
    /^\/+api\/(?:chat|generate|tags|show|ps|version|embed|embeddings|pull|delete|create|push|copy|blobs)(?:\/|$)/,
    failAsOllama,
  ],
  [/^\/+api\/(?:auth|account|audit\.csv)(?:\/|$)/, sendFailure],
  // Both, because the client may speak either.
  [/^\/+api(?:\/|$)/, failAsLlm],
  [/\/(?:v1\/.*|chat\/completions|completions|responses|messages|embeddings|models)$/, failAsOpenAI],
];

/** Sends an error in the format of the API at its path, for errors outside of routes. */
export const failAtPath: Fail = (exchange, error) => {
  const [, fail = sendFailure] = formats.find(([path]) => path.test(exchange.path)) ?? [];
  fail(exchange, error);
};

/** Paths that a wrong base URL leads to, and the right one for them. `HOST` stands for the host of the request. */
const baseUrls: readonly (readonly [path: RegExp, advice: string])[] = [
  [
    /^\/(?:.*\/)?\/(?:v1|api|chat|completions|responses|messages|embeddings|models|tags|generate)(?:\/|$)/,
    'It has two slashes in a row: leave out the slash at the end of the base URL.',
  ],
  [/^\/(?:v1|api)\/.*\w\/$/, 'Leave out the slash at its end.'],
  [/^\/v1\/v1(?:\/|$)/, 'The base URL for clients of OpenAI ends with HOST/v1, and clients add the rest.'],
  [
    /^\/v1\/(?:api(?:\/|$)|(?:chat|generate|tags|show|ps|version|embed|pull)$)/,
    'The base URL for clients of Ollama ends with HOST, without /v1.',
  ],
  [/^\/api\/api(?:\/|$)/, 'The base URL for clients of Ollama ends with HOST, without /api.'],
  [
    /^\/v1(?:\/|$)/,
    "Of OpenAI's API, this server has /v1/models, /v1/chat/completions, /v1/completions, /v1/responses and /v1/embeddings; of Anthropic's, /v1/messages.",
  ],
  [
    /\/(?:v1\/.*|chat\/completions|completions|responses|messages|embeddings|models(?:\/.*)?)$/,
    'The base URL for clients of OpenAI ends with HOST/v1.',
  ],
  [
    /^\/api\/?$/,
    'The base URL for clients of Ollama ends with HOST, without /api; that for clients of OpenAI with HOST/v1.',
  ],
  [
    /^\/api\/[\w-]+$/,
    "Of Ollama's API, this server has /api/chat, /api/generate, /api/embed, /api/embeddings, /api/tags, /api/show, /api/ps, /api/version, /api/pull and /api/delete.",
  ],
  [/^\/api\/llm\//, 'Here are /api/llm/status, /api/llm/models, /api/llm/generate and /api/llm/chat.'],
];

/** Creates the failure for a path without a route. It names the right base URL if the path looks like a wrong one. */
export const nothingAt = ({ path, request: { headers } }: Exchange): Failure => {
  const [, advice] = baseUrls.find(([pattern]) => pattern.test(path)) ?? [];
  const hint = advice === undefined ? '' : ` ${advice.replaceAll('HOST', headers.host ?? 'host:8000')}`;
  return new Failure('NOT_FOUND', `There is nothing at ${path}.${hint}`);
};

/** Whether a client of OpenAI asks for its list of models where the web app has a page. */
export const isMisdirected = ({ path, request: { headers } }: Exchange): boolean =>
  path === '/models' &&
  /\bapplication\/json\b/.test(headers.accept ?? '') &&
  !/\bhtml\b/.test(headers.accept ?? '');
