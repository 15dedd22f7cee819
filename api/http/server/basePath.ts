/** First parts of the service's own paths: a base path with such a name is never removed from a request. */
const ownPath =
  /^\/(?:admin|api|assets|chat|docs|graphql|health|invite|llm-test|login|mcp|metrics|models|reset|settings|usage|v1)(?:\/|$)/;

/** Returns the path of `PUBLIC_URL`, without a slash at its end; empty at the root of a host. */
export const basePathOf = (publicUrl: string | null): string =>
  publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');

/** Returns the URL of a request without the base path, for proxies that don't remove it themselves. */
export const withoutBasePath = (url: string, basePath: string): string => {
  if (basePath === '' || ownPath.test(basePath) || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
};
