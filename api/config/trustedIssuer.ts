import { keySetAlgorithms, secretAlgorithms } from '../access/tokenAlgorithms.ts';
import { ConfigError, type Environment, isBlank, type Read } from './read.ts';

/** Whose tokens are believed beside our own, and how they are checked. All of it, or nothing. */
export interface TrustedIssuerConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
  readonly algorithms: readonly string[];
  readonly leewayS: number;
  readonly rolesClaim: string | null;
}

/** What says whose tokens are believed. `JWT_SECRET` alone signs our own. */
const ofTrustedIssuer = [
  'JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_ALGORITHMS',
  'JWT_LEEWAY_S',
  'JWT_ROLES_CLAIM',
] as const;

/** Throws `ConfigError` where a part of it is there and another is missing, or does not go with it. */
export const trustedIssuerOf = (read: Read, environment: Environment): TrustedIssuerConfig | null => {
  const given = ofTrustedIssuer.find((name) => !isBlank(environment[name]));
  if (given === undefined) return null;
  const needed = (name: 'JWT_ISSUER' | 'JWT_AUDIENCE') => {
    const value = read(name);
    if (value !== null) return value;
    throw new ConfigError(
      `${name} is missing: ${given} is set, and to believe the tokens of another service takes JWT_ISSUER, JWT_AUDIENCE, and JWKS_URL or JWT_SECRET. Set them all, or leave ${given} out.`,
    );
  };
  const [issuer, audience] = [needed('JWT_ISSUER'), needed('JWT_AUDIENCE')];
  const [jwksUrl, secret] = [read('JWKS_URL'), read('JWT_SECRET')];
  const keys = jwksUrl === null ? secret && { secret } : { jwksUrl };
  if (!keys) {
    throw new ConfigError(
      `JWKS_URL is missing, or JWT_SECRET: ${given} is set, and without keys no token can be checked. Set JWKS_URL to where the issuer publishes its keys, or JWT_SECRET to the secret that you share with it.`,
    );
  }
  const possible: readonly string[] = 'secret' in keys ? secretAlgorithms : keySetAlgorithms;
  const algorithms = read('JWT_ALGORITHMS') ?? possible;
  const impossible = algorithms.find((algorithm) => !possible.includes(algorithm));
  if (impossible !== undefined) {
    throw new ConfigError(
      `JWT_ALGORITHMS can't be used: ${impossible} doesn't go with ${'secret' in keys ? 'JWT_SECRET' : 'JWKS_URL'}, which takes ${possible.join(', ')}.`,
    );
  }
  return Object.freeze({
    issuer,
    audience,
    keys,
    algorithms,
    leewayS: read('JWT_LEEWAY_S'),
    rolesClaim: read('JWT_ROLES_CLAIM'),
  });
};
