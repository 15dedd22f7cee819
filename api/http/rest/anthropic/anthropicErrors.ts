import { z } from 'zod';
import { Failure } from '../../../errors/failures.ts';
import { sendFailureAs, toFailure } from '../../responses/json.ts';
import type { Exchange } from '../../server/exchange.ts';

/** Anthropic's error format. */
export const anthropicError = z.object({
  type: z.literal('error'),
  error: z.object({ type: z.string(), message: z.string() }),
});

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

/** A prompt that exceeds the context, with Anthropic's status and words, by which clients recognise it. */
class PromptTooLong extends Failure {
  constructor({ message, details: { tokens, limit } }: Failure) {
    const excess = tokens === undefined ? message : `${tokens} tokens > ${limit} maximum`;
    super('PROMPT_TOO_LARGE', `prompt is too long: ${excess}`);
  }

  override get httpStatus(): number {
    return 400;
  }
}

const asSent = (failure: Failure): Failure =>
  failure.code === 'PROMPT_TOO_LARGE' ? new PromptTooLong(failure) : failure;

export const anthropicErrorOf = (failure: Failure): z.infer<typeof anthropicError> => {
  const { httpStatus, message } = asSent(failure);
  const type = types[httpStatus] ?? (httpStatus < 500 ? 'invalid_request_error' : 'api_error');
  return { type: 'error', error: { type, message } };
};

export const failAsAnthropic = (exchange: Exchange, error: unknown): void => {
  const failure = toFailure(exchange, error);
  const isFinal = failure.code === 'QUOTA_EXCEEDED' || failure.code === 'CONFLICT';
  if (isFinal && !exchange.response.headersSent) exchange.response.setHeader('X-Should-Retry', 'false');
  sendFailureAs(exchange, asSent(failure), () => anthropicErrorOf(failure));
};
