import { foldUsername, type Role, type User, type UserStatus } from '../../access/user.ts';
import { type Columns, date, dateOrNull, type Row, text, textOrNull } from '../../sqlite/columns.ts';
import type { OneTimeLink, Session } from '../account.ts';

export const userColumns = (user: User): Columns => ({
  id: user.id,
  username: user.username,
  folded_username: foldUsername(user.username),
  role: user.role,
  status: user.status,
  password_hash: user.passwordHash,
  identity_issuer: user.identity?.issuer ?? null,
  identity_subject: user.identity?.subject ?? null,
  created_at: user.createdAt.getTime(),
});

export const userOf = (row: Row): User => ({
  id: text(row, 'id'),
  username: text(row, 'username'),
  role: text(row, 'role') as Role,
  status: text(row, 'status') as UserStatus,
  passwordHash: textOrNull(row, 'password_hash'),
  identity:
    row.identity_issuer === null
      ? null
      : { issuer: text(row, 'identity_issuer'), subject: text(row, 'identity_subject') },
  createdAt: date(row, 'created_at'),
});

export const sessionColumns = (session: Session): Columns => ({
  id: session.id,
  user_id: session.userId,
  created_at: session.createdAt.getTime(),
  expires_at: session.expiresAt.getTime(),
  last_seen_at: session.lastSeenAt.getTime(),
  user_agent: session.userAgent,
  address: session.address,
});

export const sessionOf = (row: Row): Session => ({
  id: text(row, 'id'),
  userId: text(row, 'user_id'),
  createdAt: date(row, 'created_at'),
  expiresAt: date(row, 'expires_at'),
  lastSeenAt: dateOrNull(row, 'last_seen_at') ?? date(row, 'created_at'),
  userAgent: textOrNull(row, 'user_agent'),
  address: textOrNull(row, 'address'),
});

export const linkColumns = (link: OneTimeLink): Columns => ({
  id: link.id,
  kind: link.kind,
  secret_hash: link.secretHash,
  role: link.role,
  user_id: link.userId,
  note: link.note,
  created_at: link.createdAt.getTime(),
  expires_at: link.expiresAt.getTime(),
});

export const linkOf = (row: Row): OneTimeLink => ({
  id: text(row, 'id'),
  kind: text(row, 'kind') as OneTimeLink['kind'],
  secretHash: text(row, 'secret_hash'),
  role: textOrNull(row, 'role') as Role | null,
  userId: textOrNull(row, 'user_id'),
  note: textOrNull(row, 'note'),
  createdAt: date(row, 'created_at'),
  expiresAt: date(row, 'expires_at'),
});
