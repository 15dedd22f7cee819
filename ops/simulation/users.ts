import type { Viewer } from '../../api/access/viewer.ts';
import { epochMs } from './virtualTime.ts';

/** Returns a user of the simulation, who has a session. */
export const userOf = (name: string): Viewer => ({
  user: {
    id: name,
    username: name,
    role: 'MEMBER',
    status: 'ACTIVE',
    passwordHash: null,
    identity: null,
    createdAt: new Date(epochMs),
  },
  sessionId: null,
  apiKey: null,
  expiresAt: null,
});
