const bytes = (prefix: string) =>
  `1000 + octet_length(${prefix}versions) + octet_length(${prefix}description)`;

/** Returns SQL for the stored bytes of an owner's presets. */
export const presetBytesOfOwner = (owner: string): string =>
  `(SELECT coalesce(sum(${bytes('')}), 0) FROM presets WHERE owner_id = ${owner})`;

/** Presets count towards the stored bytes of their owner. */
export const presetStorage = `
INSERT INTO storage (id, bytes) SELECT owner_id, sum(${bytes('')}) FROM presets WHERE true GROUP BY owner_id
  ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;

CREATE TRIGGER presets_stored AFTER INSERT ON presets BEGIN
  INSERT INTO storage (id, bytes) VALUES (new.owner_id, ${bytes('new.')})
    ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER presets_resized AFTER UPDATE OF versions, description ON presets BEGIN
  UPDATE storage SET bytes = bytes + (${bytes('new.')}) - (${bytes('old.')}) WHERE id = new.owner_id;
END;
CREATE TRIGGER presets_removed AFTER DELETE ON presets BEGIN
  UPDATE storage SET bytes = bytes - (${bytes('old.')}) WHERE id = old.owner_id;
  DELETE FROM storage WHERE id = old.owner_id AND bytes <= 0;
END;
`;
