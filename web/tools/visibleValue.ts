import { type TextPart, visibleParts } from './visibleText.ts';

/** A token of a value as JSON: the content of a string, which is isolated from what is around it, or what is between strings. */
export interface ValueToken {
  readonly isString: boolean;
  readonly parts: readonly TextPart[];
}

export interface VisibleValue {
  readonly tokens: readonly ValueToken[];
  /** The number of characters that were cut off; 0: none. */
  readonly more: number;
}

/** The deepest level with an indentation of its own: a value may have thousands. */
const maxIndent = 20;

const between = (text: string): ValueToken => ({ isString: false, parts: [{ text, isEscape: false }] });

const ofString = (text: string): readonly ValueToken[] => [
  between('"'),
  { isString: true, parts: visibleParts(text, { isQuoted: true }) },
  between('"'),
];

interface Nested {
  readonly value: unknown;
  readonly level: number;
}

/** Returns the content of an object or an array, of which nested values are still values. */
const contentOf = (value: object, level: number): readonly (ValueToken | Nested)[] => {
  const isArray = Array.isArray(value);
  const [open, close] = isArray ? ['[', ']'] : ['{', '}'];
  const lineAt = (depth: number) => `\n${'  '.repeat(Math.min(depth, maxIndent))}`;
  const items = Object.entries(value);
  if (items.length === 0) return [between(open + close)];
  return [
    ...items.flatMap(([key, item], index) => [
      between((index === 0 ? open : ',') + lineAt(level + 1)),
      ...(isArray ? [] : [...ofString(key), between(': ')]),
      { value: item as unknown, level: level + 1 },
    ]),
    between(lineAt(level) + close),
  ];
};

/** Without recursion: a value may be nested too deeply for it. */
const tokensOf = (whole: unknown): readonly ValueToken[] => {
  const tokens: ValueToken[] = [];
  const todo: (ValueToken | Nested)[] = [{ value: whole, level: 0 }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    if ('parts' in next) tokens.push(next);
    else if (typeof next.value === 'string') tokens.push(...ofString(next.value));
    else if (typeof next.value !== 'object' || next.value === null)
      tokens.push(between(JSON.stringify(next.value) ?? 'null'));
    else todo.push(...contentOf(next.value, next.level).toReversed());
  }
  return tokens;
};

/** The characters of a part: an escape is one. */
const lengthOf = ({ text, isEscape }: TextPart): number => (isEscape ? 1 : [...text].length);

const linesOf = ({ text, isEscape }: TextPart): number =>
  isEscape ? Number(text === '\\n') : text.split('\n').length - 1;

/**
 * Returns a JSON value as text in which each character can be seen, cut off after `maxLength` characters or `maxLines` lines.
 * Different values look different.
 */
export const visibleValue = (
  value: unknown,
  { maxLength = Number.POSITIVE_INFINITY, maxLines = Number.POSITIVE_INFINITY } = {},
): VisibleValue => {
  const tokens: ValueToken[] = [];
  let [length, lines, more] = [0, 0, 0];
  for (const { isString, parts } of tokensOf(value)) {
    const shown: TextPart[] = [];
    for (const part of parts) {
      const size = lengthOf(part);
      const room = more > 0 || lines >= maxLines ? 0 : Math.min(size, maxLength - length);
      if (room === size) shown.push(part);
      else if (room > 0) shown.push({ ...part, text: [...part.text].slice(0, room).join('') });
      length += room;
      lines += linesOf(part);
      more += size - room;
    }
    if (shown.length > 0) tokens.push({ isString, parts: shown });
  }
  return { tokens, more };
};
