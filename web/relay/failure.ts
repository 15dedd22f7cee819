import { i18n, type MessageDescriptor, setupI18n } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { sourceLanguage } from '../language/languages.ts';

/** The server's error codes, and `UNREACHABLE` for a request that got no response. */
export type FailureCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'MODEL_NOT_FOUND'
  | 'RATE_LIMITED'
  | 'QUOTA_EXCEEDED'
  | 'PROMPT_TOO_LARGE'
  | 'ENGINE_UNAVAILABLE'
  | 'ENGINE_TIMEOUT'
  | 'ENGINE_FAILED'
  | 'OUTPUT_INVALID'
  | 'TOOL_FAILED'
  | 'SERVICE_UNAVAILABLE'
  | 'STORAGE_FULL'
  | 'CONFLICT'
  | 'TOO_COMPLEX'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'INTERNAL'
  | 'UNREACHABLE';

/** A request that the server rejected, or that got no response. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure';
  readonly code: FailureCode;
  /** Seconds to wait before a retry, if the server sent them. */
  readonly retryAfter: number | null;

  constructor(code: FailureCode, message: string, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** A failure whose message is from the page, in the reader's language. */
export class PageFailure extends RequestFailure {}

export const unreachable = (): RequestFailure =>
  new PageFailure('UNREACHABLE', t`The server does not answer. Check your connection and try again.`);

/** An error of a GraphQL response, as received. */
export interface GraphQLAnswerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export const failureOf = ({ message, extensions }: GraphQLAnswerError): RequestFailure => {
  const code = typeof extensions?.code === 'string' ? (extensions.code as FailureCode) : 'INTERNAL';
  const retryAfter = typeof extensions?.retryAfter === 'number' ? extensions.retryAfter : null;
  return new RequestFailure(code, message, retryAfter);
};

/** What happened and what to do, for languages in which the server writes no messages. */
const explanations: Readonly<Record<FailureCode, MessageDescriptor>> = {
  UNAUTHENTICATED: msg`You are not signed in. Sign in, and check the name and the password.`,
  FORBIDDEN: msg`You are not allowed to do this. Ask an administrator if you need it.`,
  BAD_USER_INPUT: msg`An input is not valid. Change it, and try again.`,
  NOT_FOUND: msg`It does not exist, or not any more. Reload the page.`,
  MODEL_NOT_FOUND: msg`The model is not installed. Choose another one.`,
  RATE_LIMITED: msg`Too many requests. Wait a moment, and try again.`,
  QUOTA_EXCEEDED: msg`A quota is used up. Wait until it resets, or ask an administrator.`,
  PROMPT_TOO_LARGE: msg`The prompt is too long. Shorten it, or choose a model with a longer context.`,
  ENGINE_UNAVAILABLE: msg`The models are unavailable right now. Try again in a minute.`,
  ENGINE_TIMEOUT: msg`The model did not answer in time. Try again, or choose a faster model.`,
  ENGINE_FAILED: msg`The model failed. Try again.`,
  OUTPUT_INVALID: msg`The model’s answer does not have the requested form. Try again, or choose another model.`,
  TOOL_FAILED: msg`A tool failed. Look at its calls, and try again with other tools or without.`,
  SERVICE_UNAVAILABLE: msg`The server is unavailable right now. Try again in a minute.`,
  STORAGE_FULL: msg`Nothing can be saved: the disk of the server is full. Saved data can still be read. Ask an administrator to free some space, then try again.`,
  CONFLICT: msg`It was changed at the same time, or it contradicts something that exists. Reload the page, and try again.`,
  TOO_COMPLEX: msg`The request is too large. Ask for less, or in several steps.`,
  PERSISTED_QUERY_NOT_FOUND: msg`The server has another version of this page. Reload the page.`,
  INTERNAL: msg`Something went wrong on the server. Try again in a moment.`,
  UNREACHABLE: msg`The server does not answer. Check your connection and try again.`,
};

/** Shows messages in English, the server's language. The build has compiled them, so they can't be compared as they are. */
const english = setupI18n({ locale: sourceLanguage, messages: { [sourceLanguage]: {} } });

/**
 * Returns the text to show for an error: the server's message, unless the server masked it. In another language than the
 * server's, it explains the code first; the message follows in parentheses if it says more.
 */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof RequestFailure))
    return t`Something went wrong in this page. Try again, or reload it.`;
  const { code, message } = error;
  const explanation = explanations[code] ?? explanations.INTERNAL;
  if (code === 'INTERNAL') return i18n._(explanation);
  if (error instanceof PageFailure || i18n.locale === sourceLanguage) return message;
  if (message === english._(explanation)) return i18n._(explanation);
  const reason = i18n._(explanation);
  // The marks keep the English message together in a text from right to left.
  const detail = `\u2068${message}\u2069`;
  return t({
    message: `${reason} (${detail})`,
    comment: 'A translated error, and the server’s message in English',
  });
};
