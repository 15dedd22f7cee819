/** The log probabilities of a generation's tokens, as JSON, until the caller has received them. */
export const logprobs = `ALTER TABLE generations ADD COLUMN logprobs TEXT`;
