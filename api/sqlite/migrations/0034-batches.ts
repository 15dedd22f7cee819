const batchBytes = (prefix: string) => `1000 + octet_length(${prefix}content)`;

const itemBytes = (prefix: string) =>
  `300 + octet_length(${prefix}key) + octet_length(${prefix}input) + coalesce(octet_length(${prefix}output), 0)`;

const fileBytes = () => '1000';

const partBytes = (prefix: string) => `octet_length(${prefix}content)`;

/** Returns SQL for the stored bytes of an owner's batches, with their inputs, results and files. */
export const batchBytesOfOwner = (owner: string): string =>
  `(SELECT coalesce(sum(${batchBytes('')}), 0) FROM batches WHERE owner_id = ${owner})
   + (SELECT coalesce(sum(${itemBytes('')}), 0) FROM batch_items WHERE owner_id = ${owner})
   + (SELECT count(*) * 1000 FROM batch_files WHERE owner_id = ${owner})
   + (SELECT coalesce(sum(${partBytes('')}), 0) FROM batch_file_parts WHERE owner_id = ${owner})`;

const counted = (table: string, columns: string, bytes: (prefix: string) => string): string => `
CREATE TRIGGER ${table}_stored AFTER INSERT ON ${table} BEGIN
  INSERT INTO storage (id, bytes) VALUES (new.owner_id, ${bytes('new.')})
    ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER ${table}_resized AFTER UPDATE OF ${columns} ON ${table} BEGIN
  UPDATE storage SET bytes = bytes + (${bytes('new.')}) - (${bytes('old.')}) WHERE id = new.owner_id;
END;
CREATE TRIGGER ${table}_removed AFTER DELETE ON ${table} BEGIN
  UPDATE storage SET bytes = bytes - (${bytes('old.')}) WHERE id = old.owner_id;
  DELETE FROM storage WHERE id = old.owner_id AND bytes <= 0;
END;`;

/**
 * Batches, their inputs, and uploaded files with requests for them. `due_at` is when an input may be claimed: 0 at once. Of
 * a claimed one it is when the claim expires, also if the batch ended meanwhile. It is null once the input has ended.
 */
export const batches = `
CREATE TABLE batches (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  status TEXT NOT NULL,
  content TEXT NOT NULL,
  total INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  error TEXT,
  resumes_at INTEGER,
  served_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX batches_of_owner ON batches (owner_id, created_at, id);
CREATE INDEX open_batches ON batches (status, created_at) WHERE ended_at IS NULL;
CREATE INDEX ended_batches ON batches (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE batch_items (
  id TEXT PRIMARY KEY,
  batch_id TEXT NOT NULL REFERENCES batches ON DELETE CASCADE,
  owner_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  key TEXT NOT NULL,
  input TEXT NOT NULL,
  status TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  due_at INTEGER,
  output TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE INDEX items_of_batch ON batch_items (batch_id, created_at, id);
CREATE INDEX items_of_status ON batch_items (batch_id, status, created_at, id);
CREATE INDEX due_items ON batch_items (batch_id, due_at, number) WHERE due_at IS NOT NULL;
CREATE INDEX items_of_owner ON batch_items (owner_id);

CREATE TABLE batch_files (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX files_of_owner ON batch_files (owner_id, created_at, id);
CREATE INDEX files_in_time ON batch_files (created_at);
CREATE TABLE batch_file_parts (
  id TEXT PRIMARY KEY,
  file_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  content TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX parts_of_file ON batch_file_parts (file_id);
CREATE INDEX file_parts_of_owner ON batch_file_parts (owner_id);
CREATE INDEX file_parts_in_time ON batch_file_parts (created_at);
${counted('batches', 'content', batchBytes)}
${counted('batch_items', 'input, output', itemBytes)}
${counted('batch_files', 'name', fileBytes)}
${counted('batch_file_parts', 'content', partBytes)}
`;
