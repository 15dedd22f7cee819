const protocols = new Set(['http:', 'https:', 'irc:', 'ircs:', 'mailto:', 'tel:', 'xmpp:']);

/** The base of addresses that are only a path. It is never part of a result. */
const base = 'http://example.com';

/**
 * Returns the address of a link or a picture as the URL parser understands it, so that a browser can't read it otherwise.
 * Returns null if it is not safe to follow: a protocol that may run code, or an address that doesn't say what it is relative to.
 */
export const safeAddress = (address: string): string | null => {
  if (address.startsWith('#')) return URL.parse(address, base)?.hash === address ? address : null;
  const isPath = /^(?:\/|\.\.?\/)/.test(address);
  const url = URL.parse(address, isPath ? base : undefined);
  if (!url || !protocols.has(url.protocol)) return null;
  if (!isPath) return url.href;
  const path = url.pathname + url.search + url.hash;
  // Without the dot, the first part of the path would be a host.
  return path.startsWith('//') ? `/.${path}` : path;
};
