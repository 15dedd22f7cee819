/** A part of a text: characters as they are, or the escape of one character. */
export interface TextPart {
  readonly text: string;
  readonly isEscape: boolean;
}

/**
 * Characters that can't be seen, that look like a plain space, or that change how others are shown: control and format
 * characters, separators, lone surrogates, unassigned and private characters, and all that fonts leave out. The backslash is
 * among them, so that no text looks like an escape.
 */
const hidden = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\\]/u;

const mark = /\p{M}/u;
/** The maximum number of combining marks on a character. Further ones would cover the lines around. */
const maxMarks = 4;

const shortEscapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
  '"': '\\"',
};

const codeOf = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).toUpperCase();

const escapeOf = (character: string): string => {
  const code = codeOf(character);
  return shortEscapes[character] ?? (code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`);
};

/** Splits a text from outside such that each of its characters can be seen, and different texts look different. */
export const visibleParts = (
  text: string,
  { isQuoted = false, toEscape = escapeOf } = {},
): readonly TextPart[] => {
  const parts: TextPart[] = [];
  let plain = '';
  let marks = 0;
  const flush = () => {
    if (plain !== '') parts.push({ text: plain, isEscape: false });
    plain = '';
  };
  for (const character of text) {
    marks = mark.test(character) ? marks + 1 : 0;
    if (hidden.test(character) || marks > maxMarks || (isQuoted && character === '"')) {
      flush();
      parts.push({ text: toEscape(character), isEscape: true });
    } else plain += character;
  }
  flush();
  return parts;
};

/**
 * Returns the text with escapes, for messages and labels, where they can't be marked. They have braces, because Lingui decodes
 * all others after it has filled in the values of a message.
 */
export const visibleText = (text: string): string =>
  visibleParts(text, { toEscape: (character) => `\\u{${codeOf(character)}}` })
    .map((part) => part.text)
    .join('');
