import { badInput } from '../errors/failures.ts';

export const maxUsernameLength = 64;

/** Letters and digits of any script, and the punctuation of names and e-mail addresses. */
const pattern = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u;

const rule = `Use 1 to ${maxUsernameLength} letters, digits, dots, dashes, underscores, + or @, beginning with a letter or a digit`;

const isValid = (username: string): boolean =>
  [...username].length <= maxUsernameLength && pattern.test(username);

/** Returns the trimmed name in Unicode normal form C. Throws `BAD_USER_INPUT` for an invalid one. */
export const checkUsername = (field: string, typed: string): string => {
  const username = typed.normalize('NFC').trim();
  if (!isValid(username))
    throw badInput(field, `${JSON.stringify(username.slice(0, 80))} is not a valid user name. ${rule}.`);
  return username;
};

/** Returns the valid user name nearest to a name from an identity provider, or `fallback` if no character of it is valid. */
export const usernameFrom = (providerName: string | null, fallback: string): string => {
  const kept = (providerName ?? '')
    .normalize('NFC')
    .trim()
    .replace(/\s+/g, '.')
    .replace(/[^\p{L}\p{M}\p{N}._@+-]/gu, '');
  const username = [...kept.replace(/^[^\p{L}\p{N}]+/u, '')].slice(0, maxUsernameLength - 8).join('');
  return isValid(username) ? username : fallback;
};
