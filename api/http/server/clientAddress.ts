import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Returns the IP address of a request's client, or null if the connection is closed already. */
export type AddressOf = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string | null;

/** Private networks, which may have both proxies and clients in them. */
const privateNetworks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1',
];

/**
 * Returns the peer's address. If the peer is a trusted proxy, returns the right-most address in `X-Forwarded-For` that is
 * not a trusted proxy's (RFC 7239, 8.1). Addresses further left can be forged by the client.
 *
 * A private network is trusted for the direct peer only: in the header, an address of it may be a client's, which could
 * then choose its address. Chained proxies in a private network must be listed by address.
 */
export const createAddressOf = (trustedProxies: readonly string[]): AddressOf => {
  const peers = blockListOf(trustedProxies);
  const hops = blockListOf(trustedProxies.filter((proxy) => !mayHaveClients(proxy)));

  return ({ socket, headers }) => {
    const peer = plain(socket.remoteAddress ?? '');
    if (peer === '') return null;
    if (!has(peers, peer)) return peer;
    let client = peer;
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').reverse();
    for (const hop of forwarded) {
      const address = plain(hop.trim());
      if (isIP(address) === 0) break;
      client = address;
      if (!has(hops, client)) break;
    }
    return client;
  };
};

/** Returns a function that tells whether a peer is a trusted proxy. */
export const createIsProxy = (trustedProxies: readonly string[]): ((peer: string) => boolean) => {
  const peers = blockListOf(trustedProxies);
  return (peer) => {
    const address = plain(peer);
    return isIP(address) !== 0 && has(peers, address);
  };
};

const has = (list: BlockList, address: string): boolean =>
  list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

const blockListOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
};

const privateAddresses = blockListOf(privateNetworks);

/** Whether an entry is a network, not one address, and overlaps a private network. */
const mayHaveClients = (proxy: string): boolean => {
  const [address = '', bits] = proxy.split('/');
  if (bits === undefined || Number(bits) === (isIP(address) === 6 ? 128 : 32)) return false;
  const list = blockListOf([proxy]);
  return (
    has(privateAddresses, address) || privateNetworks.some((known) => has(list, known.split('/', 1)[0] ?? ''))
  );
};

/** Strips the brackets and ports that some proxies add, and the IPv6 form of an IPv4 address on a dual-stack socket. */
const plain = (address: string): string =>
  address
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '');
