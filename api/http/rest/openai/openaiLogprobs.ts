import { z } from 'zod';
import type { LikelyToken, TokenLogprob } from '../../../engine/engine.ts';

const likelyToken = z.object({
  token: z.string(),
  logprob: z.number(),
  bytes: z.array(z.int()).nullable(),
});

/** The log probabilities of a chat completion. In a stream they come in the last chunk before the end. */
export const chatLogprobs = z
  .object({
    content: z.array(likelyToken.extend({ top_logprobs: z.array(likelyToken) })),
    refusal: z.null(),
  })
  .nullable();

const plain = ({ token, logprob, bytes }: LikelyToken): z.infer<typeof likelyToken> => ({
  token,
  logprob,
  bytes: bytes && [...bytes],
});

/** Null if there are none. */
export const chatLogprobsOf = (
  tokens: readonly TokenLogprob[] | null | undefined,
): z.infer<typeof chatLogprobs> =>
  tokens
    ? {
        content: tokens.map((each) => ({ ...plain(each), top_logprobs: each.top.map(plain) })),
        refusal: null,
      }
    : null;

/** The log probabilities of the older completions. */
export const textLogprobs = z
  .object({
    tokens: z.array(z.string()),
    token_logprobs: z.array(z.number()),
    top_logprobs: z.array(z.record(z.string(), z.number())).nullable(),
    text_offset: z.array(z.int()),
  })
  .nullable();

export const textLogprobsOf = (
  tokens: readonly TokenLogprob[] | null | undefined,
): z.infer<typeof textLogprobs> => {
  if (!tokens) return null;
  let offset = 0;
  const offsets = tokens.map(({ token }) => {
    const at = offset;
    offset += token.length;
    return at;
  });
  const hasTop = tokens.some(({ top }) => top.length > 0);
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: hasTop
      ? tokens.map(({ top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])))
      : null,
    text_offset: offsets,
  };
};
