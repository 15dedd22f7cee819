const bytes = (prefix: string) =>
  `1000 + octet_length(${prefix}name) + coalesce(octet_length(${prefix}description), 0)`;

/** Returns SQL for the stored bytes of an owner's collections, without their documents. */
export const collectionBytesOfOwner = (owner: string): string =>
  `(SELECT coalesce(sum(${bytes('')}), 0) FROM collections WHERE owner_id = ${owner})`;

/** Removes the deleted collection from the choices in a table. The condition uses the partial index. */
const unchosenIn = (table: string) => `
  UPDATE ${table} SET collection_ids =
      (SELECT json_group_array(value) FROM json_each(collection_ids) WHERE value <> old.id)
    WHERE collection_ids <> '[]' AND instr(collection_ids, '"' || old.id || '"') > 0;`;

/**
 * Collections of documents, and which ones conversations and folders search. A document is deleted when neither a
 * conversation nor a collection has it any more.
 */
export const collections = `
CREATE TABLE collections (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  is_shared INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX collections_of_owner ON collections (owner_id, created_at, id);
CREATE INDEX shared_collections ON collections (is_shared, created_at, id) WHERE is_shared = 1;

ALTER TABLE attachments ADD COLUMN collection_id TEXT;
CREATE INDEX attachments_of_collection ON attachments (collection_id, created_at, id)
  WHERE collection_id IS NOT NULL;
DROP INDEX unsent_attachments;
CREATE INDEX unsent_attachments ON attachments (created_at, id)
  WHERE conversation_id IS NULL AND collection_id IS NULL;

ALTER TABLE conversations ADD COLUMN collection_ids TEXT NOT NULL DEFAULT '[]';
ALTER TABLE folders ADD COLUMN collection_ids TEXT NOT NULL DEFAULT '[]';
CREATE INDEX conversations_with_collections ON conversations (id) WHERE collection_ids <> '[]';
CREATE INDEX folders_with_collections ON folders (id) WHERE collection_ids <> '[]';

DROP TRIGGER attachments_of_deleted_conversation;
CREATE TRIGGER attachments_of_deleted_conversation AFTER DELETE ON conversations BEGIN
  DELETE FROM attachments WHERE conversation_id = old.id AND collection_id IS NULL;
  UPDATE attachments SET conversation_id = NULL WHERE conversation_id = old.id;
END;

CREATE TRIGGER collections_stored AFTER INSERT ON collections BEGIN
  INSERT INTO storage (id, bytes) VALUES (new.owner_id, ${bytes('new.')})
    ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER collections_resized AFTER UPDATE OF name, description ON collections BEGIN
  UPDATE storage SET bytes = bytes + (${bytes('new.')}) - (${bytes('old.')}) WHERE id = new.owner_id;
END;
CREATE TRIGGER collections_removed AFTER DELETE ON collections BEGIN
  DELETE FROM attachments WHERE collection_id = old.id AND conversation_id IS NULL;
  UPDATE attachments SET collection_id = NULL WHERE collection_id = old.id;${unchosenIn('conversations')}${unchosenIn('folders')}
  UPDATE storage SET bytes = bytes - (${bytes('old.')}) WHERE id = old.owner_id;
  DELETE FROM storage WHERE id = old.owner_id AND bytes <= 0;
END;
`;
