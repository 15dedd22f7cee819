/** What a check writes, and deletes, to find out whether a disk that was full has space again. */
export const storageProbe = `
CREATE TABLE storage_probe (
  id TEXT PRIMARY KEY CHECK (id = 'probe'),
  filler BLOB NOT NULL
) STRICT;
`;
