import { ConfigError, type Environment, isBlank, type Read } from './read.ts';
import { singleSignOnVariables } from './singleSignOn.ts';

/** All of it, or nothing. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: string;
  readonly rolesClaim: string | null;
  readonly name: string;
  readonly publicUrl: string;
}

/** Throws `ConfigError` where a part of it is there and another is missing, which it names. */
export const oidcOf = (read: Read, environment: Environment): OidcConfig | null => {
  const given = Object.keys(singleSignOnVariables).find((name) => !isBlank(environment[name]));
  if (given === undefined) return null;
  const needed = <Name extends 'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET' | 'PUBLIC_URL'>(
    name: Name,
  ) => {
    const value = read(name);
    if (value !== null) return value;
    throw new ConfigError(
      `${name} is missing: ${given} is set, and signing in with a provider needs OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL. Set them all, or no OIDC_ variable.`,
    );
  };
  return Object.freeze({
    issuer: needed('OIDC_ISSUER'),
    clientId: needed('OIDC_CLIENT_ID'),
    clientSecret: needed('OIDC_CLIENT_SECRET'),
    publicUrl: needed('PUBLIC_URL'),
    scopes: read('OIDC_SCOPES'),
    rolesClaim: read('OIDC_ROLES_CLAIM'),
    name: read('OIDC_NAME'),
  });
};
