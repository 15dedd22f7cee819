const bytes = (prefix: string) => `1000 + coalesce(octet_length(${prefix}system_prompt), 0)`;

/** Returns SQL for the stored bytes of an owner's defaults. */
export const answerDefaultsBytesOfOwner = (owner: string): string =>
  `(SELECT coalesce(sum(${bytes('')}), 0) FROM answer_defaults WHERE owner_id = ${owner})`;

/** The settings that conversations inherit from their owner, for one model or for all (null). */
export const answerDefaults = `
CREATE TABLE answer_defaults (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  model TEXT,
  system_prompt TEXT,
  options TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX answer_defaults_of_owner ON answer_defaults (owner_id, model);

CREATE TRIGGER answer_defaults_stored AFTER INSERT ON answer_defaults BEGIN
  INSERT INTO storage (id, bytes) VALUES (new.owner_id, ${bytes('new.')})
    ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER answer_defaults_resized AFTER UPDATE OF system_prompt ON answer_defaults BEGIN
  UPDATE storage SET bytes = bytes + (${bytes('new.')}) - (${bytes('old.')}) WHERE id = new.owner_id;
END;
CREATE TRIGGER answer_defaults_removed AFTER DELETE ON answer_defaults BEGIN
  UPDATE storage SET bytes = bytes - (${bytes('old.')}) WHERE id = old.owner_id;
  DELETE FROM storage WHERE id = old.owner_id AND bytes <= 0;
END;
`;
