import type { ApiKey } from './apiKey.ts';

export interface ApiKeyDocument extends Omit<ApiKey, 'id'> {
  readonly _id: string;
}

export const apiKeyDocumentOf = ({ id, ...key }: ApiKey): ApiKeyDocument => ({ _id: id, ...key });

export const apiKeyOf = ({ _id, ...key }: ApiKeyDocument): ApiKey => ({ id: _id, ...key });
