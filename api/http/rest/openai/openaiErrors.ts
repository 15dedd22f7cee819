import { z } from 'zod';
import type { Failure, FailureCode } from '../../../errors/failures.ts';
import { sendFailureAs } from '../../responses/json.ts';
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

export const openaiErrorOf = (failure: Failure): z.infer<typeof openaiError> => {
  const { code, message, httpStatus, details } = failure;
  const field = code === 'MODEL_NOT_FOUND' ? 'model' : details.field;
  return {
    error: {
      message,
      type: types[httpStatus] ?? (httpStatus < 500 ? 'invalid_request_error' : 'server_error'),
      param: typeof field === 'string' && field !== 'body' ? field : null,
      code: failure instanceof BodyTooLarge ? 'request_too_large' : (codes[code] ?? code.toLowerCase()),
    },
  };
};

export const failAsOpenAI = (exchange: Exchange, error: unknown): void =>
  sendFailureAs(exchange, error, openaiErrorOf);
