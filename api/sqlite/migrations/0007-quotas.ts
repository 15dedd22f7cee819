/** What users have instead of what their roles have. */
export const quotas = `
CREATE TABLE quotas (
  id TEXT PRIMARY KEY,
  day INTEGER,
  month INTEGER
) STRICT;
`;
