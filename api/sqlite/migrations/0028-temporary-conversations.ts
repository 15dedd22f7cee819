/** When temporary conversations are deleted. Null for those that are kept. */
export const temporaryConversations = `
ALTER TABLE conversations ADD COLUMN expires_at INTEGER;
CREATE INDEX conversations_by_expiry ON conversations (expires_at, id) WHERE expires_at IS NOT NULL;
CREATE INDEX temporary_conversations ON conversations (owner_id, id) WHERE expires_at IS NOT NULL;
`;
