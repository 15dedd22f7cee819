import { keySetAlgorithms, secretAlgorithms } from '../access/tokenAlgorithms.ts';
import { ConfigError, type Environment, isBlank, type Read } from './read.ts';

/** The issuer whose tokens are accepted beside our own, and how they are verified. */
export interface TrustedIssuerConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
  readonly algorithms: readonly string[];
  readonly leewayS: number;
  readonly rolesClaim: string | null;
}

/** The variables of the trusted issuer. `JWT_SECRET` is not among them: on its own it only signs our tokens. */
const issuerVariables = [
  'JWKS_URL',
  'JWT_ISSUER',
  'JWT_AUDIENCE',
  'JWT_ALGORITHMS',
  'JWT_LEEWAY_S',
  'JWT_ROLES_CLAIM',
] as const;

/** Reads the trusted issuer; null if none is set. Throws `ConfigError` if a part is missing or does not fit the others. */
export const trustedIssuerOf = (read: Read, environment: Environment): TrustedIssuerConfig | null => {
  const given = issuerVariables.find((name) => !isBlank(environment[name]));
  if (given === undefined) return null;
  const required = (name: 'JWT_ISSUER' | 'JWT_AUDIENCE') => {
    const value = read(name);
    if (value !== null) return value;
    throw new ConfigError(
      `${name} is missing: ${given} is set, and a trusted issuer needs JWT_ISSUER, JWT_AUDIENCE, and JWKS_URL or JWT_SECRET. Set them all, or leave ${given} out.`,
    );
  };
  const [issuer, audience] = [required('JWT_ISSUER'), required('JWT_AUDIENCE')];
  const [jwksUrl, secret] = [read('JWKS_URL'), read('JWT_SECRET')];
  const keys = jwksUrl === null ? secret && { secret } : { jwksUrl };
  if (!keys) {
    throw new ConfigError(
      `JWKS_URL is missing, or JWT_SECRET: ${given} is set, and without keys no token can be verified. Set JWKS_URL to the key set of the issuer, or JWT_SECRET to the secret that you share with it.`,
    );
  }
  const supported: readonly string[] = 'secret' in keys ? secretAlgorithms : keySetAlgorithms;
  const algorithms = read('JWT_ALGORITHMS') ?? supported;
  const unsupported = algorithms.find((algorithm) => !supported.includes(algorithm));
  if (unsupported !== undefined) {
    throw new ConfigError(
      `JWT_ALGORITHMS can't be used: ${unsupported} doesn't go with ${'secret' in keys ? 'JWT_SECRET' : 'JWKS_URL'}, which takes ${supported.join(', ')}.`,
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
