/** How long the service may take to say who calls, in milliseconds. */
const answerMs = 10_000;

/** The id of who calls, by the `Authorization` header; null for nobody. Rejects where it can't be known now. */
export type CallerLookup = (authorization: string | null) => Promise<string | null>;

/**
 * Believes whom the service of language models at `url` believes, and knows users by the id that they have there: an id
 * is the same in every subgraph.
 */
export const createCallerLookup =
  (url: string): CallerLookup =>
  async (authorization) => {
    if (authorization === null) return null;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
      signal: AbortSignal.timeout(answerMs),
    });
    const { data } = (await response.json()) as {
      readonly data?: { readonly viewer: { readonly id: string } | null } | null;
    };
    return data?.viewer?.id ?? null;
  };
