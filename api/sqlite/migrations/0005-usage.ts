/** Usage, summed for each user, day and model. */
export const usage = `
CREATE TABLE usage (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  day TEXT NOT NULL,
  model TEXT NOT NULL,
  generations INTEGER NOT NULL,
  cached INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL
) STRICT;
CREATE INDEX usage_of_owner ON usage (owner_id, day, model);
`;
