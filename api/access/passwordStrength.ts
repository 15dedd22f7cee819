import { badInput } from '../errors/failures.ts';
import { foldUsername } from './user.ts';

/** Minimum characters of a new password. Length matters most for its strength (NIST SP 800-63B, 3.1.1). */
const minPasswordLength = 12;

/** Maximum bytes of a password, so that hashing can't be used to keep the server busy. */
export const maxPasswordLength = 1024;

/** Minimum characters that must remain after all easily guessed parts are removed. */
const minUnguessable = 4;

/**
 * Easily guessed parts: common words of leaked passwords, keyboard walks, months and seasons, and this service's names.
 * Longer ones come first, so that a shorter one doesn't split them.
 */
// biome-ignore format: one word per line would fill a page
const commonParts = [
  'qwertyuiop', 'asdfghjkl', 'zxcvbnm', '1q2w3e4r5t', '1qaz2wsx3edc', 'qazwsxedc', 'iloveyou', 'changeme', 'superman',
  'football', 'baseball', 'sunshine', 'princess', 'trustno', 'whatever', 'starwars', 'computer', 'internet', 'password',
  'passwort', 'motdepasse', 'contrasena', 'kennwort', 'september', 'november', 'december', 'february', 'welcome',
  'letmein', 'default', 'monkey', 'dragon', 'master', 'shadow', 'secret', 'qwerty', 'qwertz', 'azerty', 'asdfgh',
  'january', 'october', 'summer', 'winter', 'spring', 'autumn', 'august', 'hello', 'login', 'admin', 'root', 'user',
  'guest', 'test', 'pass', 'april', 'march', 'june', 'july', 'ziggie', 'ollama', 'llama', 'chat', 'abcdef', '1q2w3e',
  '1qaz', '2wsx',
];

/** Digits and signs that replace letters. */
// biome-ignore format: a table
const substitutions: Readonly<Record<string, string>> = {
  '@': 'a', '4': 'a', '8': 'b', '3': 'e', '1': 'i', '!': 'i', '0': 'o', $: 's', '5': 's', '7': 't',
};

/**
 * Returns why a password can't be set: it is too weak or too long. The text continues the sentence "The password …". Null
 * if the password is fine. `names` are names of its owner.
 */
export const weaknessOf = (password: string, names: readonly string[] = []): string | null => {
  const characters = [...password].length;
  if (characters < minPasswordLength) {
    return `has ${characters} characters; it needs at least ${minPasswordLength}. A few unrelated words do well`;
  }
  if (Buffer.byteLength(password) > maxPasswordLength) {
    return `is longer than ${maxPasswordLength} bytes: choose a shorter one`;
  }
  if (countUnguessable(password, names) >= minUnguessable) return null;
  return "is easy to guess: common words, names, and consecutive or repeated characters don't count. A few unrelated words do well";
};

/** Throws `BAD_USER_INPUT` if the password can't be set. */
export const checkNewPassword = (field: string, password: string, names: readonly string[]): void => {
  const weakness = weaknessOf(password, names);
  if (weakness !== null) throw badInput(field, `The new password ${weakness}.`);
};

/** Counts the characters that remain after words, names, years, sequences and repetitions are removed. */
const countUnguessable = (password: string, names: readonly string[]): number => {
  const typed = [...foldUsername(password)];
  const spelled = typed.map((character) => substitutions[character] ?? character);
  const words = [...names.map(foldUsername).filter((name) => [...name].length >= 3), ...commonParts];
  const rest = [...typed];
  for (const text of [typed.join(''), spelled.join('')]) {
    for (const found of [...words.flatMap((word) => occurrencesOf(text, word)), ...yearsOf(text)]) {
      rest.fill(' ', found.start, found.start + found.length);
    }
  }
  return countDistinct(rest);
};

/** A part of a text; both are in characters. */
interface Span {
  readonly start: number;
  readonly length: number;
}

const spanAt = (text: string, index: number, word: string): Span => ({
  start: [...text.slice(0, index)].length,
  length: [...word].length,
});

const occurrencesOf = (text: string, word: string): readonly Span[] => {
  const spans: Span[] = [];
  for (let index = text.indexOf(word); index >= 0; index = text.indexOf(word, index + word.length)) {
    spans.push(spanAt(text, index, word));
  }
  return spans;
};

const yearsOf = (text: string): readonly Span[] =>
  [...text.matchAll(/(?:19|20)\d\d/g)].map(({ 0: year, index }) => spanAt(text, index, year));

/** Counts the distinct characters, without those that repeat or continue the one before, as in `1234` and `dcba`. */
const countDistinct = (characters: readonly string[]): number => {
  const distinct = new Set<string>();
  let last = Number.NEGATIVE_INFINITY;
  for (const character of characters) {
    const code = character.codePointAt(0) ?? 0;
    if (character !== ' ' && Math.abs(code - last) > 1) distinct.add(character);
    last = code;
  }
  return distinct.size;
};
