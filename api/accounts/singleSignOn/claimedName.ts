/** The first that there is of the claims that say what somebody is called (OpenID Connect Core 1.0, 5.1). */
export const nameOf = (claims: Readonly<Record<string, unknown>>): string | null => {
  const names = [claims.preferred_username, claims.nickname, claims.email, claims.name];
  const name = names.find((given) => typeof given === 'string' && given.trim() !== '');
  return typeof name === 'string' ? name : null;
};
