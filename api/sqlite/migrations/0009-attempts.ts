/**
 * `messages.attempt` is the attempt that may write the content; null until one has begun. `generations.queued_at` is
 * the time when the latest attempt was queued; null if it was queued when the generation was created.
 */
export const attempts = `
ALTER TABLE messages ADD COLUMN attempt INTEGER;
ALTER TABLE generations ADD COLUMN queued_at INTEGER;
`;
