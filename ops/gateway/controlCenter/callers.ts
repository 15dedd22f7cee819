/** The timeout of a lookup, in milliseconds. */
const timeoutMs = 10_000;

/**
 * Resolves to the id of the user of an `Authorization` header; null if it is not valid. Rejects if the lookup fails.
 */
export type CallerLookup = (authorization: string | null) => Promise<string | null>;

/**
 * Looks callers up at the LLM service at `url`, which authenticates them. It uses the user ids of that service, because
 * an id is the same in all subgraphs.
 */
export const createCallerLookup =
  (url: string): CallerLookup =>
  async (authorization) => {
    if (authorization === null) return null;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: '{ viewer { id } }' }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { data } = (await response.json()) as {
      readonly data?: { readonly viewer: { readonly id: string } | null } | null;
    };
    return data?.viewer?.id ?? null;
  };
