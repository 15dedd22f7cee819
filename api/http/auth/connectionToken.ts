/** The names under which clients send a token or an API key in the payload of `connection_init`. */
const names = ['Authorization', 'authorization', 'token', 'accessToken', 'X-API-Key', 'x-api-key', 'apiKey'];

/**
 * The token in `connectionParams`, with `Bearer` before it or without. Null where there is none; `''` where there is
 * something that can't be one.
 */
export const connectionToken = (params: Readonly<Record<string, unknown>> | undefined): string | null => {
  for (const name of names) {
    const value = params?.[name];
    if (value === undefined || value === null || value === '') continue;
    return typeof value === 'string' ? value.trim().replace(/^Bearer(?:\s+|$)/i, '') : '';
  }
  return null;
};
