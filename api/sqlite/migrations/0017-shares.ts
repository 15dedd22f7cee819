/** Read-only links to conversations. Only the hash of a link's secret is stored. */
export const shares = `
CREATE TABLE shares (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  leaf_id TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  FOREIGN KEY (conversation_id, owner_id) REFERENCES conversations (id, owner_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX shares_of_owner ON shares (owner_id, created_at, id);
CREATE INDEX shares_of_conversation ON shares (conversation_id, owner_id);
`;
