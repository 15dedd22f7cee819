import { badInput } from '../errors/failures.ts';

export const maxUsernameLength = 64;

/** Letters and digits of any script, and what stands between them in names and e-mail addresses. */
const fit = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._@+-]*$/u;

const rule = `a user name has 1 to ${maxUsernameLength} letters, digits, dots, dashes, underscores, + or @, and begins with a letter or a digit`;

const isFit = (username: string): boolean => [...username].length <= maxUsernameLength && fit.test(username);

/** The name in one form for all ways to type its accents. Throws `BAD_USER_INPUT` for what can't be one. */
export const checkUsername = (field: string, typed: string): string => {
  const username = typed.normalize('NFC').trim();
  if (!isFit(username))
    throw badInput(field, `${JSON.stringify(username.slice(0, 80))} can't be a name: ${rule}.`);
  return username;
};

/** The nearest to what somebody is called elsewhere that can be a name here; `fallback` where nothing of it can. */
export const usernameFrom = (called: string | null, fallback: string): string => {
  const kept = (called ?? '')
    .normalize('NFC')
    .trim()
    .replace(/\s+/g, '.')
    .replace(/[^\p{L}\p{M}\p{N}._@+-]/gu, '');
  const username = [...kept.replace(/^[^\p{L}\p{N}]+/u, '')].slice(0, maxUsernameLength - 8).join('');
  return isFit(username) ? username : fallback;
};
