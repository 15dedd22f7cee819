import type { User } from '../access/user.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Client } from '../accounts/authentication.ts';
import type { AuditEvent } from './auditEvent.ts';

/** Looks up users whose names an event records. */
export interface UserLookup {
  findUser(id: string): Promise<User | null>;
  findUserByName(username: string): Promise<User | null>;
}

export const userFields = ({ id, username }: Pick<User, 'id' | 'username'>) => ({ userId: id, username });

/** The user who caused an event, and the request it came from. */
export type Actor = Pick<AuditEvent, 'userId' | 'username' | 'address' | 'requestId' | 'details'>;

/** Returns the actor of an authenticated request. */
export const viewerActor = ({ user, sessionId, apiKey, origin }: Viewer): Actor => ({
  userId: user.id,
  username: user.username,
  address: origin?.address ?? null,
  requestId: origin?.requestId ?? null,
  details: {
    ...(origin && { surface: origin.surface }),
    ...(origin?.toolCallId !== undefined && { toolCallId: origin.toolCallId }),
    ...(sessionId !== null && { sessionId }),
    ...(apiKey && { apiKeyId: apiKey.id }),
  },
});

/** Returns the actor of an anonymous request. */
export const clientActor = ({ address, requestId = null }: Client): Actor => ({
  userId: null,
  username: null,
  address,
  requestId,
  details: {},
});
