/** The server's rules for a new password. */
export const passwordHint = 'At least 12 characters; a few unrelated words do well.';
