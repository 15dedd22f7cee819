/** Signature algorithms for the tokens of a trusted issuer: with the shared secret, or with a key of its JWK set. */
export const secretAlgorithms = ['HS256'] as const;
export const keySetAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;

/** The `iss` and `aud` of our own tokens. No trusted issuer may have this name. */
export const ownIssuer = 'ziggie-llm';
