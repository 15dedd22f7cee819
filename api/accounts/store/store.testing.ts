import type { User } from '../../access/user.ts';
import { at, newId } from '../../stores/stores.contract.ts';
import type { Stores } from '../../stores/stores.ts';
import type { OneTimeLink, Session } from '../account.ts';

export const newUser = (given: Partial<User> = {}): User => ({
  id: newId(),
  username: `user-${newId()}`,
  role: 'MEMBER',
  status: 'ACTIVE',
  passwordHash: null,
  identity: null,
  createdAt: at(0),
  ...given,
});

export const newSession = (userId: string, given: Partial<Session> = {}): Session => ({
  id: newId(),
  userId,
  createdAt: at(0),
  expiresAt: at(1000),
  lastSeenAt: at(0),
  userAgent: null,
  address: null,
  ...given,
});

export const newInvite = (given: Partial<OneTimeLink> = {}): OneTimeLink => ({
  id: newId(),
  kind: 'INVITE',
  secretHash: newId(),
  role: 'MEMBER',
  userId: null,
  note: null,
  createdAt: at(0),
  expiresAt: at(1000),
  ...given,
});

export const insertUser = async (stores: Stores, given: Partial<User> = {}): Promise<User> => {
  const user = newUser(given);
  expect(await stores.accounts.insertUser(user)).toBe(true);
  return user;
};

export const insertSession = async (
  stores: Stores,
  userId: string,
  given: Partial<Session> = {},
): Promise<Session> => {
  const session = newSession(userId, given);
  await stores.accounts.insertSession(session);
  return session;
};
