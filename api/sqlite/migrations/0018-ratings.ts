/** The owner's rating of an answer. */
export const ratings = `
ALTER TABLE messages ADD COLUMN rating TEXT;
`;
