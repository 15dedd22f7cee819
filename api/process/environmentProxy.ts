import { setGlobalProxyFromEnv } from 'node:http';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Sends HTTP requests through the proxies of `HTTPS_PROXY` and `HTTP_PROXY`, except those to the hosts of `NO_PROXY`, to this
 * machine, and to `direct`. Without these variables, nothing changes. Throws `TypeError` for a proxy that is no URL.
 */
export const applyEnvironmentProxy = (environment: Variables, direct: readonly string[]): void => {
  const variableOf = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const [https, http] = [variableOf('HTTPS_PROXY'), variableOf('HTTP_PROXY')];
  if (https === undefined && http === undefined) return;
  const listed = variableOf('NO_PROXY');
  const hosts = direct.map((url) => URL.parse(url)?.hostname).filter((host) => host !== undefined);
  setGlobalProxyFromEnv({
    ...(https !== undefined && { HTTPS_PROXY: https }),
    ...(http !== undefined && { HTTP_PROXY: http }),
    NO_PROXY: [...(listed ? [listed] : []), 'localhost', '127.0.0.1', '::1', ...hosts].join(','),
  });
};
