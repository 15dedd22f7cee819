const bytes = (prefix: string) =>
  `1000 + octet_length(${prefix}name) + coalesce(octet_length(${prefix}system_prompt), 0)`;

/** Returns SQL for the stored bytes of an owner's folders. */
export const folderBytesOfOwner = (owner: string): string =>
  `(SELECT coalesce(sum(${bytes('')}), 0) FROM folders WHERE owner_id = ${owner})`;

/** Folders of conversations. A deleted folder's conversations stay, in no folder. */
export const folders = `
CREATE TABLE folders (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  name TEXT NOT NULL,
  system_prompt TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX folders_of_owner ON folders (owner_id, created_at, id);

ALTER TABLE conversations ADD COLUMN folder_id TEXT;
CREATE INDEX conversations_of_folder
  ON conversations (owner_id, folder_id, archived, pinned, updated_at, id);

CREATE TRIGGER folders_stored AFTER INSERT ON folders BEGIN
  INSERT INTO storage (id, bytes) VALUES (new.owner_id, ${bytes('new.')})
    ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER folders_resized AFTER UPDATE OF name, system_prompt ON folders BEGIN
  UPDATE storage SET bytes = bytes + (${bytes('new.')}) - (${bytes('old.')}) WHERE id = new.owner_id;
END;
CREATE TRIGGER folders_removed AFTER DELETE ON folders BEGIN
  UPDATE conversations SET folder_id = NULL WHERE owner_id = old.owner_id AND folder_id = old.id;
  UPDATE storage SET bytes = bytes - (${bytes('old.')}) WHERE id = old.owner_id;
  DELETE FROM storage WHERE id = old.owner_id AND bytes <= 0;
END;
`;
