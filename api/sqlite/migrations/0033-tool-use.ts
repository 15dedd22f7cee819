/**
 * The tools that the server runs for an answer, and their calls, as JSON. Their bytes count, in triggers of their own: those
 * that count the other columns stay unchanged.
 */
export const toolUse = `
ALTER TABLE generations ADD COLUMN tool_use TEXT;

CREATE TRIGGER tool_use_stored AFTER INSERT ON generations WHEN new.tool_use IS NOT NULL BEGIN
  INSERT INTO storage (id, bytes) VALUES (new.owner_id, octet_length(new.tool_use))
    ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER tool_use_resized AFTER UPDATE OF tool_use ON generations
WHEN coalesce(octet_length(new.tool_use), 0) <> coalesce(octet_length(old.tool_use), 0) BEGIN
  UPDATE storage SET bytes = bytes + coalesce(octet_length(new.tool_use), 0) - coalesce(octet_length(old.tool_use), 0)
  WHERE id = new.owner_id;
END;
CREATE TRIGGER tool_use_removed AFTER DELETE ON generations WHEN old.tool_use IS NOT NULL BEGIN
  UPDATE storage SET bytes = bytes - octet_length(old.tool_use) WHERE id = old.owner_id;
  DELETE FROM storage WHERE id = old.owner_id AND bytes <= 0;
END;
`;

/** Returns SQL for the bytes of the calls of tools of an owner. */
export const toolUseBytesOfOwner = (owner: string): string =>
  `(SELECT coalesce(sum(octet_length(tool_use)), 0) FROM generations WHERE owner_id = ${owner})`;
