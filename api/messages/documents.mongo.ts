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
 * What a branch is stands in its first message, whose id is the branch's: so a branch and its first message are
 * written in one step, and neither is ever there without the other.
 */
export interface BranchFields {
  /** From the root to where this branch begins. */
  readonly lineage: Lineage;
  /** Where it leaves another branch; both absent in one that begins with a root. */
  readonly forkedBranchId?: string;
  readonly forkedDepth?: number;
}

export interface MessageDocument extends Omit<Message, 'id'>, Partial<BranchFields> {
  readonly _id: string;
  /** What it is found by. */
  readonly terms: readonly string[];
  /** There while `terms` are older than the content; another value with each new content. */
  readonly unindexed?: ObjectId;
}

/** What a message is read from: neither the terms, as long as its content, nor the lineage of its branch. */
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

export const messageOf = ({ _id, ...message }: ProjectedMessage): Message => ({ id: _id, ...message });
