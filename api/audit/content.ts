import type { AuditDetails } from './auditEvent.ts';

/** The maximum recorded length of a prompt or an answer, in UTF-16 units. */
const maxContentLength = 16_384;

/**
 * Returns the details that describe a text: its length, and with `AUDIT_CONTENT` its beginning under `name`. `…Cut` marks a
 * truncated text.
 */
export type DescribeContent = (name: 'prompt' | 'answer', text: string) => AuditDetails;

export const createContentDescriber =
  (keepsContent: boolean): DescribeContent =>
  (name, text) => ({
    [`${name}Length`]: text.length,
    ...(keepsContent && { [name]: text.slice(0, maxContentLength) }),
    ...(keepsContent && text.length > maxContentLength && { [`${name}Cut`]: true }),
  });

/** Removes prompts and answers from details; their lengths stay. */
export const withoutContent = ({
  prompt: _prompt,
  answer: _answer,
  ...details
}: AuditDetails): AuditDetails => details;
