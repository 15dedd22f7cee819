import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Client } from '../accounts/authentication.ts';
import type { AuditEvent } from './auditEvent.ts';

/** Who a name or an id stands for, so that the log can name them. */
export interface UserLookup {
  findUser(id: string): Promise<User | null>;
  findUserByName(username: string): Promise<User | null>;
}

export const userFields = ({ id, username }: Pick<User, 'id' | 'username'>) => ({ userId: id, username });

/** Who, and from where. */
export type Actor = Pick<AuditEvent, 'userId' | 'username' | 'address' | 'requestId' | 'details'>;

/** Somebody who is signed in. */
export const viewerActor = ({ user, sessionId, apiKey, origin }: Viewer): Actor => ({
  userId: user.id,
  username: user.username,
  address: origin?.address ?? null,
  requestId: origin?.requestId ?? null,
  details: {
    ...(origin && { surface: origin.surface }),
    ...(sessionId !== null && { sessionId }),
    ...(apiKey && { apiKeyId: apiKey.id }),
  },
});

/** Somebody who isn't, or not yet. */
export const clientActor = ({ address, requestId = null }: Client): Actor => ({
  userId: null,
  username: null,
  address,
  requestId,
  details: {},
});
