/** The passages of documents that the answer to a message may cite, as JSON. */
export const messageSources = `
ALTER TABLE messages ADD COLUMN sources TEXT;
`;
