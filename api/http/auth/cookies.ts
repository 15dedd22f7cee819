/** The value of a cookie in a `Cookie` header (RFC 6265, 4.2); null where it isn't there, or is empty. */
export const cookieOf = (header: string | undefined, name: string): string | null => {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.split('=', 2);
    if (key?.trim() === name && value?.trim()) return value.trim();
  }
  return null;
};
