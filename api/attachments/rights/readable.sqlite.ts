/**
 * SQL for whether `:readerId` may read the attachment `a`: its owner may, and everyone if it is in a shared collection. Every
 * query for a reader has it, so rights are checked in the same statement. `+` keeps SQLite from reading all that is allowed.
 */
export const readable =
  '(+a.owner_id = :readerId OR +a.collection_id IN (SELECT id FROM collections WHERE is_shared = 1))';
