import type { Config } from '../../api/config/config.ts';
import { type Finding, failed, ok, reasonOf, requestTimeoutMs } from './finding.ts';

const readJson = async (url: string): Promise<Record<string, unknown>> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  return (await response.json()) as Record<string, unknown>;
};

const checkDiscovery = async (issuer: string): Promise<Finding> => {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const found = await readJson(url);
    if (found.issuer !== issuer) {
      return failed(
        'oidc',
        `The provider calls itself ${String(found.issuer)}, and OIDC_ISSUER is ${issuer}.`,
        "Set OIDC_ISSUER to exactly the provider's name for itself.",
      );
    }
    return ok('oidc', `The provider at ${issuer} answers.`);
  } catch (error) {
    return failed(
      'oidc',
      `The provider is unreachable at ${url}: ${reasonOf(error)}.`,
      'Check OIDC_ISSUER, DNS and firewalls; behind a proxy, set HTTPS_PROXY.',
    );
  }
};

const checkKeys = async (url: string): Promise<Finding> => {
  try {
    const { keys } = await readJson(url);
    if (!Array.isArray(keys) || keys.length === 0) throw new Error('it holds no keys');
    return ok('jwks', `The key set of the trusted issuer has ${keys.length} keys.`);
  } catch (error) {
    return failed(
      'jwks',
      `The key set at ${url} can't be read: ${reasonOf(error)}.`,
      'Check JWKS_URL, DNS and firewalls. Cached keys work for a day.',
    );
  }
};

export const checkIdentity = async ({ oidc, trustedIssuer }: Config): Promise<readonly Finding[]> =>
  Promise.all([
    ...(oidc ? [checkDiscovery(oidc.issuer)] : []),
    ...(trustedIssuer && 'jwksUrl' in trustedIssuer.keys ? [checkKeys(trustedIssuer.keys.jwksUrl)] : []),
  ]);
