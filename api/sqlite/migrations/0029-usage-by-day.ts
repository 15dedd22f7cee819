/** For reports over all users. */
export const usageByDay = `
CREATE INDEX usage_by_day ON usage (day, owner_id, model);
`;
