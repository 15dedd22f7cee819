/** The attempts of an answer that had ended when it was continued, as JSON. */
export const continuedAttempts = `
ALTER TABLE generations ADD COLUMN continued_attempts TEXT;
`;
