import type { AuditDetails } from './auditEvent.ts';

/** Characters (UTF-16 units) of a prompt or an answer that are kept, where they are. */
const maxContentLength = 16_384;

/** How long a text is, and, where `AUDIT_CONTENT` is on, the beginning of it under `name`; `…Cut` says that there was more. */
export type DescribeContent = (name: 'prompt' | 'answer', text: string) => AuditDetails;

export const createContentDescriber =
  (isKept: boolean): DescribeContent =>
  (name, text) => ({
    [`${name}Length`]: text.length,
    ...(isKept && { [name]: text.slice(0, maxContentLength) }),
    ...(isKept && text.length > maxContentLength && { [`${name}Cut`]: true }),
  });

/** The same details without the texts; how long they are stays. */
export const withoutContent = ({
  prompt: _prompt,
  answer: _answer,
  ...details
}: AuditDetails): AuditDetails => details;
