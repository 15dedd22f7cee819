/**
 * Times are milliseconds since 1970, flags 0 or 1, structures JSON. A row below a conversation has the owner too, and
 * the foreign key includes both, so it can't be in another user's conversation.
 *
 * `number` is the rowid in the search index. A message's number is its conversation's number, shifted left by 24 bits,
 * plus its position in the conversation. So a match in the index gives the conversation without reading the message,
 * and the messages of a conversation are adjacent in the file.
 */
export const first = `
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL,
  folded_username TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  password_hash TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  user_agent TEXT
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE conversations (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  owner_id TEXT NOT NULL,
  title TEXT NOT NULL,
  model TEXT,
  pinned INTEGER NOT NULL,
  archived INTEGER NOT NULL,
  tags TEXT NOT NULL,
  leaf_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  options TEXT NOT NULL,
  system_prompt TEXT,
  UNIQUE (id, owner_id)
) STRICT;
CREATE INDEX conversations_in_order ON conversations (owner_id, archived, pinned, updated_at, id);

-- The list again, once for each tag, so that a page of one tag is a range too.
CREATE TABLE conversation_tags (
  owner_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  archived INTEGER NOT NULL,
  pinned INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (owner_id, tag, archived, pinned, updated_at, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_of_conversation ON conversation_tags (id);

CREATE TRIGGER conversation_tagged AFTER INSERT ON conversations BEGIN
  INSERT OR IGNORE INTO conversation_tags
    SELECT new.owner_id, value, new.archived, new.pinned, new.updated_at, new.id FROM json_each(new.tags);
END;
CREATE TRIGGER conversation_retagged AFTER UPDATE OF tags, archived, pinned, updated_at ON conversations
WHEN old.tags <> '[]' OR new.tags <> '[]' BEGIN
  DELETE FROM conversation_tags WHERE id = old.id;
  INSERT OR IGNORE INTO conversation_tags
    SELECT new.owner_id, value, new.archived, new.pinned, new.updated_at, new.id FROM json_each(new.tags);
END;
CREATE TRIGGER conversation_untagged AFTER DELETE ON conversations BEGIN
  DELETE FROM conversation_tags WHERE id = old.id;
END;

CREATE TABLE branches (
  -- The id of its first message.
  id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  -- Where it leaves another; null for one that begins with a root.
  parent_branch_id TEXT,
  parent_depth INTEGER,
  -- Its first message's.
  created_at INTEGER NOT NULL,
  -- [[branch, last depth], ...] from the root to where this one begins.
  lineage TEXT NOT NULL
) STRICT;
CREATE INDEX branches_of_conversation ON branches (conversation_id);
CREATE INDEX forks_of_branch ON branches (parent_branch_id, parent_depth, created_at DESC, id DESC);

CREATE TABLE messages (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  conversation_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  parent_id TEXT,
  branch_id TEXT NOT NULL,
  depth INTEGER NOT NULL,
  role TEXT NOT NULL,
  generation_id TEXT,
  created_at INTEGER NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (branch_id, depth),
  FOREIGN KEY (conversation_id, owner_id) REFERENCES conversations (id, owner_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX messages_by_parent ON messages (conversation_id, parent_id, created_at, id);

CREATE TABLE generations (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
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
  FOREIGN KEY (conversation_id, owner_id) REFERENCES conversations (id, owner_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX generations_of_conversation ON generations (conversation_id);
CREATE UNIQUE INDEX generations_by_key ON generations (owner_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX unfinished_generations ON generations (created_at, id) WHERE status IN ('QUEUED', 'RUNNING');

-- The search index holds no text of its own. search_terms() is ours and gives terms that 'ascii' takes as they are:
-- SQLite's own tokenizers find no Chinese or Japanese word of two characters, and no emoji.
CREATE VIRTUAL TABLE title_search USING fts5
  (terms, tokenize = 'ascii', content = '', contentless_delete = 1, detail = none, prefix = '1 2');
CREATE VIRTUAL TABLE message_search USING fts5
  (terms, tokenize = 'ascii', content = '', contentless_delete = 1, detail = none, prefix = '1 2');

CREATE TRIGGER title_written AFTER INSERT ON conversations BEGIN
  INSERT INTO title_search (rowid, terms) VALUES (new.number, search_terms(new.title));
END;
CREATE TRIGGER title_rewritten AFTER UPDATE OF title ON conversations WHEN old.title <> new.title BEGIN
  INSERT OR REPLACE INTO title_search (rowid, terms) VALUES (new.number, search_terms(new.title));
END;
CREATE TRIGGER title_deleted AFTER DELETE ON conversations BEGIN
  DELETE FROM title_search WHERE rowid = old.number;
END;

-- While a generation fills a message, the message is saved about once a second, and each time it would be indexed
-- from its start. So the index waits for the generation's end, which may be written before or after the last text.
CREATE TRIGGER message_written AFTER INSERT ON messages WHEN new.content <> '' BEGIN
  INSERT INTO message_search (rowid, terms) VALUES (new.number, search_terms(new.content));
END;
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
CREATE TRIGGER message_deleted AFTER DELETE ON messages BEGIN
  DELETE FROM message_search WHERE rowid = old.number;
END;
`;
