import { longestPassword } from './passwordStrength.ts';
import { longestUsername } from './usernames.ts';

/** The bounds of what people sign in with, in UTF-16 units. */
export const accountBounds = {
  /** A user name is measured in characters, which can have two units each. */
  username: { maxLength: 2 * longestUsername },
  /** UTF-16 units. The service limits a password in bytes, and a text never has fewer bytes than units. */
  password: { maxLength: longestPassword },
  /** The secret of a link has 43. */
  secret: { maxLength: 256 },
} as const;
