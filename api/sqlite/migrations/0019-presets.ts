/** Presets. `versions` is a JSON array, oldest first; the name, title, description and tags are those of the last one. */
export const presets = `
CREATE TABLE presets (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  is_shared INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  name TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  tags TEXT NOT NULL,
  versions TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX presets_of_owner ON presets (owner_id, name);
CREATE UNIQUE INDEX presets_shared ON presets (name) WHERE is_shared = 1;
`;
