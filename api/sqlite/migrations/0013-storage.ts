const size = (column: string) => `coalesce(octet_length(${column}), 0)`;

/**
 * SQL for the bytes of a row: its texts, plus a constant for the rest (`storage.ts`). `prefix` is put before each column,
 * such as `new.`.
 */
const conversation = (prefix: string) =>
  `1000 + ${['title', 'system_prompt', 'options', 'tags'].map((name) => size(prefix + name)).join(' + ')}`;
const message = (prefix: string) => `500 + ${size(`${prefix}content`)}`;
const generation = (prefix: string) => {
  const columns = ['system_prompt', 'prompt', 'format', 'options', 'thinking', 'tool_calls'];
  return `500 + ${columns.map((name) => size(prefix + name)).join(' + ')}`;
};

const tables = [
  ['conversations', conversation, 'title, system_prompt, options, tags'],
  ['messages', message, 'content'],
  ['generations', generation, 'system_prompt, prompt, format, options, thinking, tool_calls'],
] as const;

/** Returns SQL for the stored bytes of an owner, summed over all rows. */
export const storedBytesOfOwner = (owner: string): string =>
  tables
    .map(
      ([table, bytes]) => `(SELECT coalesce(sum(${bytes('')}), 0) FROM ${table} WHERE owner_id = ${owner})`,
    )
    .join(' + ');

const add = (owner: string, bytes: string) => `
  INSERT INTO storage (id, bytes) VALUES (${owner}, ${bytes})
    ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes;`;

/** The stored bytes of each user. Triggers update them in the transaction of each write. */
export const storage = `
CREATE TABLE storage (
  id TEXT PRIMARY KEY,
  bytes INTEGER NOT NULL
) STRICT;

INSERT INTO storage (id, bytes) SELECT owner_id, sum(bytes) FROM (
  ${tables
    .map(([table, bytes]) => `SELECT owner_id, ${bytes('')} AS bytes FROM ${table}`)
    .join(' UNION ALL ')}
) GROUP BY owner_id;

${tables
  .map(
    ([table, bytes, columns]) => `
CREATE TRIGGER ${table}_stored AFTER INSERT ON ${table} BEGIN ${add('new.owner_id', bytes('new.'))} END;
CREATE TRIGGER ${table}_resized AFTER UPDATE OF ${columns} ON ${table}
WHEN ${bytes('new.')} <> ${bytes('old.')} BEGIN
  UPDATE storage SET bytes = bytes + (${bytes('new.')}) - (${bytes('old.')}) WHERE id = new.owner_id;
END;
CREATE TRIGGER ${table}_removed AFTER DELETE ON ${table} BEGIN
  UPDATE storage SET bytes = bytes - (${bytes('old.')}) WHERE id = old.owner_id;
  DELETE FROM storage WHERE id = old.owner_id AND bytes <= 0;
END;`,
  )
  .join('\n')}
`;
