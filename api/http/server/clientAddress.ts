import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Where a request comes from: an IP address, or null where the peer has gone already. */
export type AddressOf = (request: Pick<IncomingMessage, 'socket' | 'headers'>) => string | null;

/** Networks that clients of ours may be in as well as proxies. */
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
 * The peer's address; where the peer is a trusted proxy, the right-most address in `X-Forwarded-For` that is not a
 * trusted proxy's (as RFC 7239, 8.1, advises). What stands left of that one anybody may have written.
 *
 * Only the direct peer is trusted by a private network: in the header such an address may be a client's, who would then
 * choose its own. A chain of proxies in a private network has to be listed address by address.
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

/** Whether a peer is a trusted proxy. */
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

/** Whether it is a network, not one address, that has private addresses. */
const mayHaveClients = (proxy: string): boolean => {
  const [address = '', bits] = proxy.split('/');
  if (bits === undefined || Number(bits) === (isIP(address) === 6 ? 128 : 32)) return false;
  const list = blockListOf([proxy]);
  return (
    has(privateAddresses, address) || privateNetworks.some((known) => has(list, known.split('/', 1)[0] ?? ''))
  );
};

/** An IPv4 address in its own form where a dual-stack socket wraps it; some proxies add ports and brackets. */
const plain = (address: string): string =>
  address
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '');
