/** Lists are ordered by time, then id: an id derived from an idempotency key contains no time. */
export const timeOrder = `
DROP INDEX generations_of_owner;
CREATE INDEX generations_of_owner ON generations (owner_id, created_at, id);
DROP INDEX sessions_of_user;
CREATE INDEX sessions_of_user ON sessions (user_id, created_at, id);
DROP INDEX api_keys_of_user;
CREATE INDEX api_keys_of_user ON api_keys (user_id, created_at, id);
CREATE INDEX api_keys_in_order ON api_keys (created_at, id);
CREATE INDEX links_in_order ON links (kind, created_at, id);
`;
