/**
 * The append-only audit log. Triggers reject updates, and deletes of entries after the anchor, the last dropped entry.
 * `details` is JSON with sorted keys.
 */
export const audit = `
CREATE TABLE audit_events (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  user_id TEXT,
  username TEXT,
  folded_username TEXT,
  target TEXT,
  target_id TEXT,
  address TEXT,
  request_id TEXT,
  details TEXT NOT NULL,
  count INTEGER NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_events_of_action ON audit_events (action, id);
CREATE INDEX audit_events_of_user ON audit_events (user_id, id);
CREATE INDEX audit_events_of_username ON audit_events (folded_username, id);
CREATE INDEX audit_events_of_target ON audit_events (target, id);
CREATE INDEX audit_events_refused ON audit_events (id) WHERE outcome <> 'OK';

CREATE TABLE audit_anchor (
  id TEXT PRIMARY KEY CHECK (id = 'anchor'),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_events_stay BEFORE UPDATE ON audit_events
BEGIN
  SELECT raise(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER audit_events_are_kept BEFORE DELETE ON audit_events
WHEN OLD.seq > coalesce((SELECT seq FROM audit_anchor), 0)
BEGIN
  SELECT raise(ABORT, 'the audit log is dropped from its old end alone');
END;
`;
