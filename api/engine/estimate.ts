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

/** The scripts of UTF-16 units, as indexes of `scripts`. */
const scripts = ['other', 'latin', 'space', 'symbol', 'alphabet', 'ideograph'] as const;

type Script = (typeof scripts)[number];

/** The first and last unit of each range. All other units are `other`. */
const ranges: readonly (readonly [Script, first: number, last: number])[] = [
  ['symbol', 0x0a, 0x0a],
  ['symbol', 0x0d, 0x0d],
  ['symbol', 0x21, 0x40],
  ['symbol', 0x5b, 0x60],
  ['symbol', 0x7b, 0x7e],
  ['latin', 0x41, 0x5a],
  ['latin', 0x61, 0x7a],
  ['space', 0x09, 0x09],
  ['space', 0x20, 0x20],
  ['alphabet', 0x00a0, 0x06ff],
  ['alphabet', 0x0750, 0x077f],
  ['alphabet', 0x10a0, 0x10ff],
  ['alphabet', 0x1e00, 0x206f],
  ['ideograph', 0x3000, 0x9fff],
  ['ideograph', 0xac00, 0xd7af],
  ['ideograph', 0xf900, 0xfaff],
  ['ideograph', 0xff00, 0xffef],
];

/** The index of the script of each UTF-16 unit. A loop over a table takes milliseconds for a megabyte; a pattern, 200. */
const scriptOf = new Uint8Array(65_536);
for (const [script, first, last] of ranges) scriptOf.fill(scripts.indexOf(script), first, last + 1);

const latin = scripts.indexOf('latin');
const space = scripts.indexOf('space');
/** Tokens per unit by index; words and blanks are counted by runs. */
const linear = Float64Array.from(scripts, (script, index) =>
  index === latin || index === space ? 0 : tokensPerUnit[script],
);

/** Estimates how many tokens a text takes, by its scripts. */
export const estimateTextTokens = (text: string): number => {
  let tokens = 0;
  const { length } = text;
  for (let at = 0; at < length; ) {
    const script = scriptOf[text.charCodeAt(at)] ?? 0;
    const from = at;
    do at += 1;
    while (at < length && scriptOf[text.charCodeAt(at)] === script);
    const run = at - from;
    if (script === latin) tokens += Math.max(tokensPerWord, run * tokensPerUnit.latin);
    else if (script === space) tokens += run > 1 ? tokensPerUnit.blanks : tokensPerUnit.space;
    else tokens += run * (linear[script] ?? 0);
  }
  return Math.ceil(tokens);
};

/** Estimates how many tokens `messages` take, for an engine that offers no tokenizer. */
export const estimateTokens = (messages: readonly EngineMessage[]): number =>
  messages.reduce(
    (sum, { content, images }) =>
      sum + estimateTextTokens(content) + tokensPerMessage + tokensPerImage * (images?.length ?? 0),
    0,
  );
