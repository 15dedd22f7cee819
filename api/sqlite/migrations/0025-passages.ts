/**
 * The passages of documents. Their terms and vectors are deleted with the attachment: `secure-delete` removes terms from the
 * index at once instead of marking them as deleted. `index_at` is when the attachment is next to be split or embedded; null:
 * it is complete.
 */
export const passages = `
ALTER TABLE attachments ADD COLUMN passages INTEGER;
ALTER TABLE attachments ADD COLUMN embedded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN vector_model TEXT;
ALTER TABLE attachments ADD COLUMN index_at INTEGER;
UPDATE attachments SET index_at = 0 WHERE format <> 'IMAGE';
CREATE INDEX unindexed_attachments ON attachments (index_at) WHERE index_at IS NOT NULL;
CREATE INDEX unsplit_attachments ON attachments (index_at) WHERE index_at IS NOT NULL AND passages IS NULL;

CREATE TABLE passages (
  id INTEGER PRIMARY KEY,
  attachment_id TEXT NOT NULL REFERENCES attachments ON DELETE CASCADE,
  number INTEGER NOT NULL,
  text_start INTEGER NOT NULL,
  text_end INTEGER NOT NULL,
  page INTEGER,
  heading TEXT,
  UNIQUE (attachment_id, number)
) STRICT;

CREATE TABLE passage_vectors (
  id INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
  vector BLOB NOT NULL
) STRICT;

CREATE VIRTUAL TABLE passage_search USING fts5 (terms, tokenize = 'ascii', detail = none);
INSERT INTO passage_search (passage_search, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER passage_deleted AFTER DELETE ON passages BEGIN
  DELETE FROM passage_search WHERE rowid = old.id;
END;
`;
