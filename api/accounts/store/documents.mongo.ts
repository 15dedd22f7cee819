import type { Collection } from 'mongodb';
import { foldUsername, type Identity, type User } from '../../access/user.ts';
import type { OneTimeLink, Session } from '../account.ts';

declare module '../../mongo/collections.ts' {
  interface Collections {
    readonly users: Collection<UserDocument>;
    readonly sessions: Collection<SessionDocument>;
    readonly links: Collection<LinkDocument>;
  }
}

/** Makes fields optional that documents of the previous release don't have. */
type Later<Fields, Names extends keyof Fields> = Omit<Fields, Names> & Partial<Pick<Fields, Names>>;

export interface UserDocument extends Later<Omit<User, 'id'>, 'status' | 'identity'> {
  readonly _id: string;
  /** Unique. */
  readonly foldedUsername: string;
  /** Issuer and subject. Unique among the documents that have it. */
  readonly identityKey?: string;
}

export interface SessionDocument extends Later<Omit<Session, 'id'>, 'lastSeenAt' | 'address'> {
  readonly _id: string;
}

export interface LinkDocument extends Omit<OneTimeLink, 'id'> {
  readonly _id: string;
}

export const identityKeyOf = ({ issuer, subject }: Identity): string => JSON.stringify([issuer, subject]);

export const userDocumentOf = ({ id, ...user }: User): UserDocument => ({
  _id: id,
  foldedUsername: foldUsername(user.username),
  ...(user.identity && { identityKey: identityKeyOf(user.identity) }),
  ...user,
});

export const userOf = ({ _id, foldedUsername: _name, identityKey: _key, ...user }: UserDocument): User => ({
  id: _id,
  ...user,
  status: user.status ?? 'ACTIVE',
  identity: user.identity ?? null,
});

export const sessionDocumentOf = ({ id, ...session }: Session): SessionDocument => ({ _id: id, ...session });

export const sessionOf = ({ _id, ...session }: SessionDocument): Session => ({
  id: _id,
  ...session,
  lastSeenAt: session.lastSeenAt ?? session.createdAt,
  address: session.address ?? null,
});

export const linkDocumentOf = ({ id, ...link }: OneTimeLink): LinkDocument => ({ _id: id, ...link });

export const linkOf = ({ _id, ...link }: LinkDocument): OneTimeLink => ({ id: _id, ...link });
