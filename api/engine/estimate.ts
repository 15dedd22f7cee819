import type { EngineMessage } from './engine.ts';

/** English has about four bytes per token; a Chinese or Japanese character has three bytes and about one token. */
const bytesPerToken = 4;
/** The tokens that a chat template puts around each message. */
const tokensPerMessage = 6;
/** Ollama's own estimate for an image. */
const tokensPerImage = 768;

/** Estimates how many tokens a text takes. */
export const estimateTextTokens = (text: string): number =>
  Math.ceil(Buffer.byteLength(text) / bytesPerToken);

/** Estimates how many tokens `messages` take, for an engine that offers no tokenizer. */
export const estimateTokens = (messages: readonly EngineMessage[]): number =>
  messages.reduce(
    (sum, { content, images }) =>
      sum + estimateTextTokens(content) + tokensPerMessage + tokensPerImage * (images?.length ?? 0),
    0,
  );
