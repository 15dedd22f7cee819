/**
 * A conversation lists its open turns as JSON (`conversations/turn.ts`). A generation has the fingerprint of the
 * request that used its idempotency key.
 */
export const turns = `
ALTER TABLE conversations ADD COLUMN turns TEXT NOT NULL DEFAULT '[]';
CREATE INDEX conversations_with_turns ON conversations (id) WHERE turns <> '[]';

ALTER TABLE generations ADD COLUMN fingerprint TEXT;
`;
