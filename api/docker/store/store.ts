import type { Page, PageRequest, TimeKey } from '../../paging/pages.ts';
import type { DockerRequest, RequestStatus } from '../request.ts';

export interface DockerRequestLimits {
  /** Maximum requests of the owner with the status `PENDING` that were created after `since`. */
  readonly pending: number;
  readonly since: Date;
  /** Maximum requests of the owner: the oldest ones are dropped. */
  readonly kept: number;
}

/** Stores the requests of users for commands that change containers. */
export interface DockerRequestStore {
  /** Writes a request, and drops the owner's oldest ones. Returns false, and writes nothing, if too many are pending. */
  insert(request: DockerRequest, limits: DockerRequestLimits): Promise<boolean>;
  find(ownerId: string, id: string): Promise<DockerRequest | null>;
  /** For administrators. */
  findAnyOwner(id: string): Promise<DockerRequest | null>;
  /** Returns a page of the owner's requests, newest first. */
  page(ownerId: string, page: PageRequest<TimeKey>): Promise<Page<DockerRequest>>;
  /** For administrators: a page of all requests, newest first. */
  pageAnyOwner(page: PageRequest<TimeKey>): Promise<Page<DockerRequest>>;
  /** Replaces a request if it has the status `from`. Returns whether it had it. */
  replace(request: DockerRequest, from: RequestStatus): Promise<boolean>;
  /** Returns all requests of an owner, oldest first. */
  ofOwner(ownerId: string): Promise<readonly DockerRequest[]>;
  deleteOfOwner(ownerId: string): Promise<void>;
}
