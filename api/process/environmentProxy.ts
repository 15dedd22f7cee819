import { setGlobalProxyFromEnv } from 'node:http';
import { StartupError } from '../errors/startupError.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Sends HTTP requests through the proxies of `HTTPS_PROXY` and `HTTP_PROXY`, except those to the hosts of `NO_PROXY`, to this
 * machine, and to `direct`. Without these variables, nothing changes. Throws `StartupError` for a proxy that isn't an HTTP URL.
 */
export const applyEnvironmentProxy = (environment: Variables, direct: readonly string[]): void => {
  const variableOf = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const proxyOf = (name: string) => {
    const proxy = variableOf(name);
    if (proxy === undefined || /^https?:$/.test(URL.parse(proxy)?.protocol ?? '')) return proxy;
    // Without its value, which may contain a password.
    throw new StartupError(`${name} is not a URL of a proxy. Write it as http://host:port.`);
  };
  const [https, http] = [proxyOf('HTTPS_PROXY'), proxyOf('HTTP_PROXY')];
  if (https === undefined && http === undefined) return;
  const listed = variableOf('NO_PROXY');
  const hosts = direct.map((url) => URL.parse(url)?.hostname).filter((host) => host !== undefined);
  setGlobalProxyFromEnv({
    ...(https !== undefined && { HTTPS_PROXY: https }),
    ...(http !== undefined && { HTTP_PROXY: http }),
    NO_PROXY: [...(listed ? [listed] : []), 'localhost', '127.0.0.1', '::1', ...hosts].join(','),
  });
};
