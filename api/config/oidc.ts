import type { KeyObject } from 'node:crypto';
import { ConfigError, type Environment, isBlank, type Read } from './read.ts';
import { singleSignOnVariables } from './singleSignOn.ts';
import { readClientKey } from './values/clientKey.ts';

/** The settings of single sign-on; all are required together. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  /** Null: the client authenticates by its key. */
  readonly clientSecret: string | null;
  /** The private key for `private_key_jwt`; null: the client authenticates by its secret. */
  readonly clientKey: KeyObject | null;
  readonly scopes: string;
  readonly rolesClaim: string | null;
  readonly name: string;
  readonly publicUrl: string;
}

/** Reads the settings of single sign-on; null if none is set. Throws `ConfigError`, which names a missing one. */
export const oidcOf = (read: Read, environment: Environment): OidcConfig | null => {
  const given = Object.keys(singleSignOnVariables).find((name) => !isBlank(environment[name]));
  if (given === undefined) return null;
  const required = <Name extends 'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET' | 'PUBLIC_URL'>(
    name: Name,
  ) => {
    const value = read(name);
    if (value !== null) return value;
    throw new ConfigError(
      `${name} is missing: ${given} is set, and single sign-on needs OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET (or OIDC_CLIENT_KEY) and PUBLIC_URL. Set them all, or no OIDC_ variable.`,
    );
  };
  const keyPath = read('OIDC_CLIENT_KEY');
  if (keyPath !== null && read('OIDC_CLIENT_SECRET') !== null) {
    throw new ConfigError(
      'OIDC_CLIENT_KEY and OIDC_CLIENT_SECRET are both set. Set the one that the provider expects.',
    );
  }
  return Object.freeze({
    issuer: required('OIDC_ISSUER'),
    clientId: required('OIDC_CLIENT_ID'),
    clientSecret: keyPath === null ? required('OIDC_CLIENT_SECRET') : null,
    clientKey: keyPath === null ? null : readClientKey(keyPath),
    publicUrl: required('PUBLIC_URL'),
    scopes: read('OIDC_SCOPES'),
    rolesClaim: read('OIDC_ROLES_CLAIM'),
    name: read('OIDC_NAME'),
  });
};
