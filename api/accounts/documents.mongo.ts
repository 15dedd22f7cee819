import type { Session, User } from './account.ts';

export interface UserDocument extends Omit<User, 'id'> {
  readonly _id: string;
  /** One form for all ways to type the name. Unique. */
  readonly foldedUsername: string;
}

export interface SessionDocument extends Omit<Session, 'id'> {
  readonly _id: string;
}

/** One form for the ways to type a name. A collation would not take a composed accent for a decomposed one. */
export const foldUsername = (username: string): string => username.normalize('NFC').toLowerCase();

export const userDocumentOf = ({ id, ...user }: User): UserDocument => ({
  _id: id,
  foldedUsername: foldUsername(user.username),
  ...user,
});

export const userOf = ({ _id, foldedUsername: _, ...user }: UserDocument): User => ({ id: _id, ...user });

export const sessionDocumentOf = ({ id, ...session }: Session): SessionDocument => ({ _id: id, ...session });

export const sessionOf = ({ _id, ...session }: SessionDocument): Session => ({ id: _id, ...session });
