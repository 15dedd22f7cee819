import { maxPasswordLength } from '../access/passwordStrength.ts';
import { maxUsernameLength } from './usernames.ts';

/** The bounds of what people sign in with, in UTF-16 units. */
export const accountBounds = {
  /** A user name is measured in characters, which can have two units each. */
  username: { maxLength: 2 * maxUsernameLength },
  /** UTF-16 units. The service limits a password in bytes, and a text never has fewer bytes than units. */
  password: { maxLength: maxPasswordLength },
  /** The secret of a link has 43. */
  secret: { maxLength: 256 },
} as const;
