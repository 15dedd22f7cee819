import type { Collection } from 'mongodb';
import type { ApiKey } from '../access/apiKey.ts';

declare module '../mongo/collections.ts' {
  interface Collections {
    readonly apiKeys: Collection<ApiKeyDocument>;
  }
}

export interface ApiKeyDocument extends Omit<ApiKey, 'id'> {
  readonly _id: string;
  /** Unique. Absent from documents of earlier releases. */
  readonly slot?: string;
}

/** Returns the name of a slot. Ids contain no space. */
export const slotOf = (userId: string, number: number): string => `${userId} ${number}`;

export const apiKeyDocumentOf = ({ id, ...key }: ApiKey): ApiKeyDocument => ({ _id: id, ...key });

export const apiKeyOf = ({ _id, slot: _, ...key }: ApiKeyDocument): ApiKey => ({ id: _id, ...key });
