import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Where a request comes from: an IP address, or null where the peer has gone already. */
export type AddressOf = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string | null;

/**
 * The peer's address; where the peer is one of the proxies that are trusted, the last address in `X-Forwarded-For` that
 * is none of theirs. What stands before that one anybody may have written.
 */
export const createAddressOf = (trustedProxies: readonly string[]): AddressOf => {
  const trusted = new BlockList();
  for (const proxy of trustedProxies) {
    const [address = '', bits] = proxy.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

  return ({ socket, headers }) => {
    const peer = plain(socket.remoteAddress ?? '');
    if (peer === '') return null;
    let client = peer;
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').reverse();
    for (const hop of forwarded) {
      const address = plain(hop.trim());
      if (!isTrusted(client) || isIP(address) === 0) break;
      client = address;
    }
    return client;
  };
};

/** An IPv4 address in its own form where a dual-stack socket wraps it; some proxies add ports and brackets. */
const plain = (address: string): string =>
  address
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '');
