/** Legal holds, and an index that finds a user's conversations by age, for `CONVERSATION_DAYS`. */
export const legalHolds = `
CREATE TABLE holds (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  conversation_id TEXT,
  reason TEXT NOT NULL,
  placed_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX holds_of_owner ON holds (owner_id, created_at, id);
CREATE INDEX holds_in_time ON holds (created_at, id);
CREATE INDEX conversations_by_age ON conversations (owner_id, updated_at, id);
`;
