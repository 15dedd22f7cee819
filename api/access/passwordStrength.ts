import { badInput } from '../errors/failures.ts';
import { foldUsername } from './user.ts';

/** Characters a new password must have at least. Length is what makes one strong (NIST SP 800-63B, 3.1.1). */
export const minPasswordLength = 12;

/** Bytes a password may have: hashing must not be a way to keep the server busy. */
export const maxPasswordLength = 1024;

/** Characters that have to be left when all that is easily guessed is taken away. */
const minUnguessed = 4;

/**
 * What passwords are made of that are guessed first: the words of lists of stolen ones, walks over the keyboard, months
 * and seasons, and this service's own names. Longer ones first, so that none hides in another.
 */
// biome-ignore format: a word a line would be a page
const guessed = [
  'qwertyuiop', 'asdfghjkl', 'zxcvbnm', '1q2w3e4r5t', '1qaz2wsx3edc', 'qazwsxedc', 'iloveyou', 'changeme', 'superman',
  'football', 'baseball', 'sunshine', 'princess', 'trustno', 'whatever', 'starwars', 'computer', 'internet', 'password',
  'passwort', 'motdepasse', 'contrasena', 'kennwort', 'september', 'november', 'december', 'february', 'welcome',
  'letmein', 'default', 'monkey', 'dragon', 'master', 'shadow', 'secret', 'qwerty', 'qwertz', 'azerty', 'asdfgh',
  'january', 'october', 'summer', 'winter', 'spring', 'autumn', 'august', 'hello', 'login', 'admin', 'root', 'user',
  'guest', 'test', 'pass', 'april', 'march', 'june', 'july', 'ziggie', 'ollama', 'llama', 'chat', 'abcdef', '1q2w3e',
  '1qaz', '2wsx',
];

/** Digits and signs that stand for letters. */
// biome-ignore format: a table
const standIns: Readonly<Record<string, string>> = {
  '@': 'a', '4': 'a', '8': 'b', '3': 'e', '1': 'i', '!': 'i', '0': 'o', $: 's', '5': 's', '7': 't',
};

/**
 * What makes a password too weak, or too long, to be set, to go on after "The password …"; null: nothing. `names` are
 * what its owner is called.
 */
export const weaknessOf = (password: string, names: readonly string[] = []): string | null => {
  const characters = [...password].length;
  if (characters < minPasswordLength) {
    return `has ${characters} characters: it needs ${minPasswordLength} at least. A few words in a row do well`;
  }
  if (Buffer.byteLength(password) > maxPasswordLength) {
    return `is longer than ${maxPasswordLength} bytes: choose a shorter one`;
  }
  if (unguessed(password, names) >= minUnguessed) return null;
  return 'is one of those that are guessed first: common words, names, and characters in a row or repeated count for nothing. A few words that have nothing to do with each other do well';
};

/** Throws `BAD_USER_INPUT`. */
export const checkNewPassword = (field: string, password: string, names: readonly string[]): void => {
  const weakness = weaknessOf(password, names);
  if (weakness !== null) throw badInput(field, `The new password ${weakness}.`);
};

/** How many characters are left when what is easily guessed is taken away: words, names, years, runs, repetitions. */
const unguessed = (password: string, names: readonly string[]): number => {
  const typed = [...foldUsername(password)];
  const spelled = typed.map((character) => standIns[character] ?? character);
  const words = [...names.map(foldUsername).filter((name) => [...name].length >= 3), ...guessed];
  const left = [...typed];
  for (const text of [typed.join(''), spelled.join('')]) {
    for (const found of [...words.flatMap((word) => placesOf(text, word)), ...yearsOf(text)]) {
      left.fill(' ', found.from, found.from + found.length);
    }
  }
  return countApart(left);
};

interface Place {
  /** In characters. */
  readonly from: number;
  readonly length: number;
}

const placeAt = (text: string, index: number, word: string): Place => ({
  from: [...text.slice(0, index)].length,
  length: [...word].length,
});

const placesOf = (text: string, word: string): readonly Place[] => {
  const places: Place[] = [];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    places.push(placeAt(text, at, word));
  }
  return places;
};

const yearsOf = (text: string): readonly Place[] =>
  [...text.matchAll(/(?:19|20)\d\d/g)].map(({ 0: year, index }) => placeAt(text, index, year));

/** Characters that are not the same as the one before, nor its neighbour as in `1234` and `dcba`, each kind once. */
const countApart = (characters: readonly string[]): number => {
  const apart = new Set<string>();
  let last = Number.NEGATIVE_INFINITY;
  for (const character of characters) {
    const code = character.codePointAt(0) ?? 0;
    if (character !== ' ' && Math.abs(code - last) > 1) apart.add(character);
    last = code;
  }
  return apart.size;
};
