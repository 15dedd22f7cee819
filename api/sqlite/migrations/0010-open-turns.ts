/**
 * Turns that are being written stand in their conversation, as JSON (`conversations/turn.ts`), and a generation keeps the
 * fingerprint of the request that used its idempotency key.
 */
export const turns = `
ALTER TABLE conversations ADD COLUMN turns TEXT NOT NULL DEFAULT '[]';
CREATE INDEX conversations_with_turns ON conversations (id) WHERE turns <> '[]';

ALTER TABLE generations ADD COLUMN fingerprint TEXT;
`;
