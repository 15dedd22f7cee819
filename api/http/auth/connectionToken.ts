/** The names that clients use for a token or an API key in the payload of `connection_init`. */
const names = ['Authorization', 'authorization', 'token', 'accessToken', 'X-API-Key', 'x-api-key', 'apiKey'];

/** Returns the token in `connectionParams`, without `Bearer`. Null if there is none; `''` if it isn't a string. */
export const connectionToken = (params: Readonly<Record<string, unknown>> | undefined): string | null => {
  for (const name of names) {
    const value = params?.[name];
    if (value === undefined || value === null || value === '') continue;
    return typeof value === 'string' ? value.trim().replace(/^Bearer(?:\s+|$)/i, '') : '';
  }
  return null;
};
