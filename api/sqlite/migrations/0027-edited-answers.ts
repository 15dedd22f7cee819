/** The answer that its owner edited to make another version of it. */
export const editedAnswers = `
ALTER TABLE messages ADD COLUMN edited_from TEXT;
`;
