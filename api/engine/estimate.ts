import type { EngineMessage } from './engine.ts';

/** The tokens that a chat template puts around each message. */
const tokensPerMessage = 6;
/** Ollama's own estimate for an image. */
const tokensPerImage = 768;

/** The tokens of a short word in Latin script: some of those in code share a token. */
const tokensPerWord = 3 / 4;

/**
 * Tokens per UTF-16 unit by script, on the high side of the tokenizers of Llama 3, Qwen, Gemma, Mistral and SmolLM. A
 * vocabulary without the words of a script splits its characters into bytes.
 */
const tokensPerUnit = {
  /** Letters of English words. Other languages in Latin script take more, which their diacritics show. */
  latin: 2 / 9,
  space: 1 / 4,
  /** Code, numbers and punctuation have short tokens. */
  symbol: 1 / 2,
  /** A run of blanks, as in indented code, is one token. */
  blanks: 1,
  /** Cyrillic, Greek, Arabic, Hebrew, Armenian, Georgian, and letters with diacritics. */
  alphabet: 1 / 2,
  /** Chinese, Japanese, Korean: about one token for a character. */
  ideograph: 1,
  /** Indic and South-East Asian scripts, emojis and everything else. */
  other: 3 / 2,
} as const;

type Script = 'latin' | 'blank' | 'symbol' | 'alphabet' | 'ideograph' | 'other';

/** The scripts of the Basic Multilingual Plane: the first code unit of each range. */
const ranges: readonly (readonly [from: number, script: Script])[] = [
  [0x0000, 'other'],
  [0x0009, 'blank'],
  [0x000a, 'symbol'],
  [0x000b, 'other'],
  [0x000d, 'symbol'],
  [0x000e, 'other'],
  [0x0020, 'blank'],
  [0x0021, 'symbol'],
  [0x0041, 'latin'],
  [0x005b, 'symbol'],
  [0x0061, 'latin'],
  [0x007b, 'symbol'],
  [0x007f, 'other'],
  [0x00a0, 'alphabet'],
  [0x0700, 'other'],
  [0x0750, 'alphabet'],
  [0x0780, 'other'],
  [0x10a0, 'alphabet'],
  [0x1100, 'other'],
  [0x1e00, 'alphabet'],
  [0x2070, 'other'],
  [0x3000, 'ideograph'],
  [0xa000, 'other'],
  [0xac00, 'ideograph'],
  [0xd7b0, 'other'],
  [0xf900, 'ideograph'],
  [0xfb00, 'other'],
  [0xff00, 'ideograph'],
  [0xfff0, 'other'],
];

const scriptIn = (unit: number): Script => ranges.findLast(([from]) => from <= unit)?.[1] ?? 'other';

/** The scripts of the first code units, which most texts consist of. */
const common: readonly Script[] = Array.from({ length: 0x180 }, (_, unit) => scriptIn(unit));

const scriptOf = (unit: number): Script => common[unit] ?? scriptIn(unit);

/** Estimates how many tokens a text takes, by its scripts. */
export const estimateTextTokens = (text: string): number => {
  let tokens = 0;
  let from = 0;
  while (from < text.length) {
    const script = scriptOf(text.charCodeAt(from));
    let to = from + 1;
    while (to < text.length && scriptOf(text.charCodeAt(to)) === script) to += 1;
    tokens += tokensOfRun(script, to - from);
    from = to;
  }
  return Math.ceil(tokens);
};

const tokensOfRun = (script: Script, length: number): number => {
  if (script === 'latin') return Math.max(tokensPerWord, length * tokensPerUnit.latin);
  if (script === 'blank') return length === 1 ? tokensPerUnit.space : tokensPerUnit.blanks;
  return length * tokensPerUnit[script];
};

/** Estimates how many tokens `messages` take, for an engine that offers no tokenizer. */
export const estimateTokens = (messages: readonly EngineMessage[]): number =>
  messages.reduce(
    (sum, { content, images }) =>
      sum + estimateTextTokens(content) + tokensPerMessage + tokensPerImage * (images?.length ?? 0),
    0,
  );
