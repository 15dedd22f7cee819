/** Users of single sign-on, disabled users and users being deleted; the last use of a session; one-time links. */
export const accounts = `
ALTER TABLE users ADD COLUMN status TEXT NOT NULL DEFAULT 'ACTIVE';
ALTER TABLE users ADD COLUMN identity_issuer TEXT;
ALTER TABLE users ADD COLUMN identity_subject TEXT;
CREATE UNIQUE INDEX users_by_identity ON users (identity_issuer, identity_subject)
  WHERE identity_issuer IS NOT NULL;
CREATE INDEX users_in_between ON users (status) WHERE status = 'DELETING';

ALTER TABLE sessions ADD COLUMN last_seen_at INTEGER;
ALTER TABLE sessions ADD COLUMN address TEXT;
UPDATE sessions SET last_seen_at = created_at;
DROP INDEX sessions_of_user;
CREATE INDEX sessions_of_user ON sessions (user_id, id);

CREATE INDEX generations_of_owner ON generations (owner_id, id);

CREATE TABLE links (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  role TEXT,
  user_id TEXT REFERENCES users ON DELETE CASCADE,
  note TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX links_of_user ON links (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX links_by_expiry ON links (expires_at);
`;
