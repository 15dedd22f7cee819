/** By what the tokens of another issuer may be signed: with the secret that is shared, or with a key of its set. */
export const secretAlgorithms = ['HS256'] as const;
export const keySetAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;

/** What our own tokens say of who issued them, and for whom: no other issuer may be called so. */
export const ownIssuer = 'ziggie-llm';
