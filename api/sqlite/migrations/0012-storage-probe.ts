/** The table that a health check writes to and empties again, to detect whether a full disk has space again. */
export const storageProbe = `
CREATE TABLE storage_probe (
  id TEXT PRIMARY KEY CHECK (id = 'probe'),
  filler BLOB NOT NULL
) STRICT;
`;
