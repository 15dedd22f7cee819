import { decodeGlobalID, encodeGlobalID } from '@pothos/plugin-relay';
import { notFound } from '../errors/failures.ts';

/** The types that `node` finds. */
export type NodeType =
  | 'User'
  | 'Session'
  | 'ApiKey'
  | 'Invite'
  | 'Model'
  | 'Conversation'
  | 'Message'
  | 'Generation'
  | 'AuditEvent';

const nodeTypes: readonly string[] = [
  'User',
  'Session',
  'ApiKey',
  'Invite',
  'Model',
  'Conversation',
  'Message',
  'Generation',
  'AuditEvent',
] satisfies NodeType[];

export const encodeId = (type: NodeType, id: string): string => encodeGlobalID(type, id);

/** The type and the id behind a global id. Throws `NOT_FOUND` for anything that this service never gave. */
export const decodeAnyId = (globalId: string): { typename: string; id: string } => {
  try {
    const { typename, id } = decodeGlobalID(globalId);
    if (nodeTypes.includes(typename) && id !== '') return { typename, id };
  } catch {
    // Falls through: a malformed id is the id of nothing.
  }
  throw notFound('object');
};

/** The id behind a global id of `type`. Throws `NOT_FOUND` where it is malformed, or of another type. */
export const decodeId = (type: NodeType, globalId: string): string => {
  const { typename, id } = decodeAnyId(globalId);
  if (typename !== type) throw notFound(type.toLowerCase());
  return id;
};
