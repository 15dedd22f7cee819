import type { Collection, ObjectId } from 'mongodb';
import { indexedTerms } from '../search/terms.mongo.ts';
import type { Message } from './message.ts';
import type { Lineage } from './path.ts';

declare module '../mongo/collections.ts' {
  interface Collections {
    readonly messages: Collection<MessageDocument>;
  }
}

/**
 * The fields of a branch, stored in its first message, whose id is the branch's id. So one write creates both, and
 * neither exists without the other.
 */
export interface BranchFields {
  /** The path from the root to the start of this branch. */
  readonly lineage: Lineage;
  /** The branch and depth where this branch forks off. Both are absent if it begins with a root. */
  readonly forkedBranchId?: string;
  readonly forkedDepth?: number;
}

export interface MessageDocument extends Omit<Message, 'id'>, Partial<BranchFields> {
  readonly _id: string;
  /** The search terms of the content. */
  readonly terms: readonly string[];
  /** Text that was appended to the content while its generation runs. Joined with it at the end. */
  readonly tail?: readonly string[];
  /** While its generation runs, the length of the content with its tail, in bytes of UTF-8. */
  readonly bytes?: number;
  /** Set while `terms` are older than the content, to a new value with each new content. */
  readonly unindexed?: ObjectId;
}

/** Excludes the fields that reading a message doesn't need. `terms` is as long as the content. */
export const messageProjection = {
  terms: 0,
  unindexed: 0,
  lineage: 0,
  forkedBranchId: 0,
  forkedDepth: 0,
} as const;

export type ProjectedMessage = Omit<MessageDocument, keyof typeof messageProjection>;

export const messageDocumentOf = (message: Message, branch: BranchFields | null): MessageDocument => {
  const { id, ...rest } = message;
  return { _id: id, ...rest, ...branch, terms: indexedTerms(rest.content) };
};

export const messageOf = ({ _id, tail, bytes, ...message }: ProjectedMessage): Message => ({
  id: _id,
  ...message,
  content: contentOf({ content: message.content, tail, bytes }),
});

/** Returns the content with its tail. A server of an earlier release replaces the content but leaves the tail: `bytes` tells. */
export const contentOf = ({
  content,
  tail,
  bytes,
}: Pick<MessageDocument, 'content' | 'tail' | 'bytes'>): string => {
  if (!tail || tail.length === 0) return content;
  const whole = content + tail.join('');
  return bytes === Buffer.byteLength(whole) ? whole : content;
};
