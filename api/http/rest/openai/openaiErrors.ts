import { z } from 'zod';
import { Failure, type FailureCode } from '../../../errors/failures.ts';
import { sendFailureAs, toFailure } from '../../responses/json.ts';
import { BodyTooLarge } from '../../server/body.ts';
import type { Exchange } from '../../server/exchange.ts';

/** OpenAI's error format. Its clients choose the exception and whether to retry by status, `type` and `code`. */
export const openaiError = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable().describe('The invalid field of the request.'),
    code: z.string().nullable(),
  }),
});

const types: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** OpenAI's codes, where it has one. */
const codes: Readonly<Partial<Record<FailureCode, string>>> = {
  UNAUTHENTICATED: 'invalid_api_key',
  BAD_USER_INPUT: 'invalid_value',
  MODEL_NOT_FOUND: 'model_not_found',
  PROMPT_TOO_LARGE: 'context_length_exceeded',
  RATE_LIMITED: 'rate_limit_exceeded',
  QUOTA_EXCEEDED: 'insufficient_quota',
};

/** Clients would retry these by their status, in vain: a used-up quota, a stopped answer, a full disk. */
const finalCodes: ReadonlySet<FailureCode> = new Set(['QUOTA_EXCEEDED', 'CONFLICT', 'STORAGE_FULL']);

/** A prompt that exceeds the context, with OpenAI's status and words: clients recognise it by them, and shorten. */
class ContextLengthExceeded extends Failure {
  constructor({ message, details: { tokens, limit, characters } }: Failure) {
    const excess =
      tokens !== undefined
        ? `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`
        : characters !== undefined
          ? `This model's maximum context length is exceeded. Your messages have ${characters} characters; the limit is ${limit}. Please reduce the length of the messages.`
          : `This model's maximum context length is exceeded. ${message}`;
    // LangChain for Python looks for the code in the text.
    super('PROMPT_TOO_LARGE', `${excess} (context_length_exceeded)`, { field: 'messages' });
  }

  override get httpStatus(): number {
    return 400;
  }
}

/** Returns the failure with OpenAI's status and message. */
const presented = (failure: Failure): Failure =>
  failure.code === 'PROMPT_TOO_LARGE' && !(failure instanceof ContextLengthExceeded)
    ? new ContextLengthExceeded(failure)
    : failure;

/** An error as OpenAI answers it. */
export interface OpenAIFailure {
  readonly status: number;
  readonly body: z.infer<typeof openaiError>;
}

export const openaiFailureOf = (given: Failure): OpenAIFailure => {
  const failure = presented(given);
  const { code, message, httpStatus, details } = failure;
  const field = code === 'MODEL_NOT_FOUND' ? 'model' : details.field;
  const error = {
    message,
    type: types[httpStatus] ?? (httpStatus < 500 ? 'invalid_request_error' : 'server_error'),
    param: typeof field === 'string' && field !== 'body' ? field : null,
    code: failure instanceof BodyTooLarge ? 'request_too_large' : (codes[code] ?? code.toLowerCase()),
  };
  return { status: httpStatus, body: { error } };
};

export const openaiErrorOf = (failure: Failure): z.infer<typeof openaiError> => openaiFailureOf(failure).body;

export const failAsOpenAI = (exchange: Exchange, error: unknown): void => {
  const failure = toFailure(exchange, error);
  if (!exchange.response.headersSent && finalCodes.has(failure.code)) {
    exchange.response.setHeader('X-Should-Retry', 'false');
  }
  sendFailureAs(exchange, presented(failure), openaiErrorOf);
};
