import { z } from 'zod';
import { badInput } from '../../../errors/failures.ts';
import { isJsonWithin } from '../../../process/jsonSize.ts';

/** The maximum length of a message without the arguments of a tool, in UTF-16 units: an answer may repeat such parts. */
const maxEnvelope = 65_536;

const requestId = z.union([z.string(), z.number()]).nullable().catch(null);

const shape = z
  .object({
    method: z.string().nullable().catch(null),
    id: requestId,
    params: z
      .object({ requestId })
      .catch({ requestId: null })
      .transform((params) => params.requestId),
  })
  .catch({ method: null, id: null, params: null });

/** What this server itself reads of a JSON-RPC message. The protocol's library checks and reads the rest. */
export interface McpMessage {
  /** Null: it has none, or an invalid one. */
  readonly method: string | null;
  /** Null: it is no request, so that it gets no answer. */
  readonly id: string | number | null;
  /** The request that the message is about. */
  readonly requestId: string | number | null;
}

/** Throws `BAD_USER_INPUT` for a batch, and for a message that is too large beside the arguments of a tool. */
export const readMessage = (body: unknown): McpMessage => {
  // Early revisions allow batches; a batch would be many calls that count as one request.
  if (Array.isArray(body)) throw badInput('body', 'Send one JSON-RPC message per request.');
  const { method, id, params } = shape.parse(body);
  if (!isJsonWithin(method === 'tools/call' ? withoutArguments(body) : body, maxEnvelope)) {
    throw badInput(
      'body',
      `Apart from the arguments of a tool, a message has at most ${maxEnvelope} characters.`,
    );
  }
  return { method, id, requestId: params };
};

const withoutArguments = (body: unknown): unknown => {
  const { params, ...rest } = body as { readonly params?: unknown };
  if (typeof params !== 'object' || params === null) return body;
  return { ...rest, params: { ...params, arguments: null } };
};
