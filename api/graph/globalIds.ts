import { decodeGlobalID, encodeGlobalID } from '@pothos/plugin-relay';
import { notFound } from '../errors/failures.ts';

/** The object types that `node` can return. */
export type NodeType =
  | 'User'
  | 'Session'
  | 'ApiKey'
  | 'Invite'
  | 'Model'
  | 'Conversation'
  | 'Message'
  | 'Generation'
  | 'Share'
  | 'Folder'
  | 'Collection'
  | 'AnswerDefaults'
  | 'AuditEvent'
  | 'Preset'
  | 'DockerRequest'
  | 'Healing'
  | 'HealingAgent'
  | 'Batch'
  | 'BatchItem'
  | 'Attachment'
  | 'LegalHold';

const nodeTypes: readonly string[] = [
  'User',
  'Session',
  'ApiKey',
  'Invite',
  'Model',
  'Conversation',
  'Message',
  'Generation',
  'Share',
  'Folder',
  'Collection',
  'AnswerDefaults',
  'AuditEvent',
  'Preset',
  'DockerRequest',
  'Healing',
  'HealingAgent',
  'Batch',
  'BatchItem',
  'Attachment',
  'LegalHold',
] satisfies NodeType[];

/** Encodes a global id. */
export const encodeId = (type: NodeType, id: string): string => encodeGlobalID(type, id);

/** Decodes a global id into its type and id. Throws `NOT_FOUND` if it is malformed or of an unknown type. */
export const decodeAnyId = (globalId: string): { typename: string; id: string } => {
  try {
    const { typename, id } = decodeGlobalID(globalId);
    if (nodeTypes.includes(typename) && id !== '') return { typename, id };
  } catch {
    // Falls through: no object has a malformed id.
  }
  throw notFound('object');
};

/** Decodes a global id of `type`. Throws `NOT_FOUND` if it is malformed or of another type. */
export const decodeId = (type: NodeType, globalId: string): string => {
  const { typename, id } = decodeAnyId(globalId);
  if (typename !== type) throw notFound(type.toLowerCase());
  return id;
};
