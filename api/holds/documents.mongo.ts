import type { Collection } from 'mongodb';
import type { LegalHold } from './hold.ts';

declare module '../mongo/collections.ts' {
  interface Collections {
    readonly holds: Collection<HoldDocument>;
  }
}

export interface HoldDocument extends Omit<LegalHold, 'id'> {
  readonly _id: string;
}

export const holdDocumentOf = ({ id, ...hold }: LegalHold): HoldDocument => ({ _id: id, ...hold });

export const holdOf = ({ _id, ...hold }: HoldDocument): LegalHold => ({ id: _id, ...hold });
