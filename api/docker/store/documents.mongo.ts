import type { Collection } from 'mongodb';
import type { DockerRequest } from '../request.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly dockerRequests: Collection<DockerRequestDocument>;
  }
}

export interface DockerRequestDocument extends Omit<DockerRequest, 'id'> {
  readonly _id: string;
}

export const dockerRequestDocumentOf = ({ id, ...request }: DockerRequest): DockerRequestDocument => ({
  _id: id,
  ...request,
});

export const dockerRequestOf = ({ _id, ...request }: DockerRequestDocument): DockerRequest => ({
  id: _id,
  ...request,
});
