/** Conversations whose title no person gave. `title_due_at` is set while the model has to write one. */
export const autoTitles = `
ALTER TABLE conversations ADD COLUMN auto_titled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN title_due_at INTEGER;
ALTER TABLE conversations ADD COLUMN title_tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX titles_due ON conversations (title_due_at) WHERE title_due_at IS NOT NULL;
`;
