/** Quotas of single users, which override the quotas of their roles. */
export const quotas = `
CREATE TABLE quotas (
  id TEXT PRIMARY KEY,
  day INTEGER,
  month INTEGER
) STRICT;
`;
