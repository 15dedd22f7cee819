import type { EngineMessage } from './engine.ts';

/** English has about four bytes to a token; a Chinese or Japanese character has three bytes, and about one token. */
const bytesPerToken = 4;
/** What a chat template puts around each message. */
const tokensPerMessage = 6;
/** What Ollama itself reckons for an image. */
const tokensPerImage = 768;

/** About how many tokens `messages` take, for an engine whose tokeniser can't be asked. */
export const estimateTokens = (messages: readonly EngineMessage[]): number =>
  messages.reduce(
    (sum, { content, images }) =>
      sum +
      Math.ceil(Buffer.byteLength(content) / bytesPerToken) +
      tokensPerMessage +
      tokensPerImage * (images?.length ?? 0),
    0,
  );
