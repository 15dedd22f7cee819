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

const parts =
  /(?<latin>[A-Za-z]+)|(?<blanks>[ \t]{2,})|(?<space>[ \t])|(?<symbol>[\x21-\x40\x5b-\x60\x7b-\x7e\n\r]+)|(?<alphabet>[\u00a0-\u06ff\u0750-\u077f\u10a0-\u10ff\u1e00-\u206f]+)|(?<ideograph>[\u3000-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+)/g;

/** Estimates how many tokens a text takes, by its scripts. */
export const estimateTextTokens = (text: string): number => {
  let tokens = 0;
  let covered = 0;
  for (const {
    0: { length },
    groups = {},
  } of text.matchAll(parts)) {
    covered += length;
    if (groups.latin !== undefined) tokens += Math.max(tokensPerWord, length * tokensPerUnit.latin);
    else if (groups.blanks !== undefined) tokens += tokensPerUnit.blanks;
    else if (groups.symbol !== undefined) tokens += length * tokensPerUnit.symbol;
    else if (groups.alphabet !== undefined) tokens += length * tokensPerUnit.alphabet;
    else if (groups.ideograph !== undefined) tokens += length * tokensPerUnit.ideograph;
    else tokens += length * tokensPerUnit.space;
  }
  return Math.ceil(tokens + (text.length - covered) * tokensPerUnit.other);
};

/** Estimates how many tokens `messages` take, for an engine that offers no tokenizer. */
export const estimateTokens = (messages: readonly EngineMessage[]): number =>
  messages.reduce(
    (sum, { content, images }) =>
      sum + estimateTextTokens(content) + tokensPerMessage + tokensPerImage * (images?.length ?? 0),
    0,
  );
