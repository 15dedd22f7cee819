import type { Collection } from 'mongodb';
import type { Share } from './share.ts';

declare module '../mongo/collections.ts' {
  interface Collections {
    readonly shares: Collection<ShareDocument>;
  }
}

export interface ShareDocument extends Omit<Share, 'id'> {
  readonly _id: string;
}

export const shareDocumentOf = ({ id, ...share }: Share): ShareDocument => ({ _id: id, ...share });

export const shareOf = ({ _id, ...share }: ShareDocument): Share => ({ id: _id, ...share });
