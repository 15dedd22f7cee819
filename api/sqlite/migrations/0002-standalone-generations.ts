/**
 * Generations outside conversations: both ids may be null, and the row has its own prompt until it is final. SQLite
 * can't drop NOT NULL, so the table is created again (sqlite.org/lang_altertable.html, 7), with its indexes and
 * triggers.
 */
export const standaloneGenerations = `
DROP TRIGGER message_rewritten;

CREATE TABLE new_generations (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  conversation_id TEXT,
  message_id TEXT,
  model TEXT NOT NULL,
  status TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  finish_reason TEXT,
  usage TEXT,
  error TEXT,
  cached INTEGER NOT NULL,
  idempotency_key TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  options TEXT NOT NULL,
  format TEXT,
  system_prompt TEXT,
  thinking TEXT,
  prompt TEXT,
  FOREIGN KEY (conversation_id, owner_id) REFERENCES conversations (id, owner_id) ON DELETE CASCADE,
  CHECK ((conversation_id IS NULL) = (message_id IS NULL))
) STRICT;
INSERT INTO new_generations
  SELECT id, owner_id, conversation_id, message_id, model, status, attempt, finish_reason, usage, error, cached,
    idempotency_key, created_at, started_at, finished_at, options, format, system_prompt, thinking, NULL
  FROM generations;
DROP TABLE generations;
ALTER TABLE new_generations RENAME TO generations;

CREATE INDEX generations_of_conversation ON generations (conversation_id);
CREATE UNIQUE INDEX generations_by_key ON generations (owner_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX unfinished_generations ON generations (created_at, id) WHERE status IN ('QUEUED', 'RUNNING');

CREATE TRIGGER message_rewritten AFTER UPDATE OF content ON messages
WHEN old.content <> new.content AND NOT EXISTS (
  SELECT 1 FROM generations WHERE id = new.generation_id AND status IN ('QUEUED', 'RUNNING')
) BEGIN
  INSERT OR REPLACE INTO message_search (rowid, terms) VALUES (new.number, search_terms(new.content));
END;
CREATE TRIGGER message_answered AFTER UPDATE OF status ON generations
WHEN old.status IN ('QUEUED', 'RUNNING') AND new.status NOT IN ('QUEUED', 'RUNNING') BEGIN
  INSERT OR REPLACE INTO message_search (rowid, terms)
    SELECT number, search_terms(content) FROM messages
    WHERE id = new.message_id AND conversation_id = new.conversation_id;
END;
`;
