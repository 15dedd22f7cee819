/**
 * Attachments, their texts, and the attachments of messages. `stored_bytes` counts towards the owner's storage. A
 * conversation takes its attachments with it; a trigger, because an attachment is in none until it is sent.
 */
export const attachments = `
CREATE TABLE attachments (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  conversation_id TEXT,
  name TEXT NOT NULL,
  format TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  file_key TEXT NOT NULL,
  pages INTEGER,
  text_length INTEGER NOT NULL,
  omitted_length INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  preview TEXT NOT NULL,
  width INTEGER,
  height INTEGER,
  stored_bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_of_owner ON attachments (owner_id, created_at, id);
CREATE INDEX attachments_of_conversation ON attachments (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX unsent_attachments ON attachments (created_at) WHERE conversation_id IS NULL;
CREATE INDEX attachments_of_file ON attachments (file_key);

CREATE TABLE attachment_texts (
  id TEXT PRIMARY KEY REFERENCES attachments ON DELETE CASCADE,
  text TEXT NOT NULL
) STRICT;

CREATE TRIGGER attachments_of_deleted_conversation AFTER DELETE ON conversations BEGIN
  DELETE FROM attachments WHERE conversation_id = old.id;
END;
CREATE TRIGGER attachments_stored AFTER INSERT ON attachments BEGIN
  INSERT INTO storage (id, bytes) VALUES (new.owner_id, new.stored_bytes)
    ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER attachments_removed AFTER DELETE ON attachments BEGIN
  UPDATE storage SET bytes = bytes - old.stored_bytes WHERE id = old.owner_id;
  DELETE FROM storage WHERE id = old.owner_id AND bytes <= 0;
END;

ALTER TABLE messages ADD COLUMN attachments TEXT;
`;
