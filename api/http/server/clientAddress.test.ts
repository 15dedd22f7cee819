import type { Socket } from 'node:net';
import { readConfig } from '../../config/config.ts';
import { createAddressOf } from './clientAddress.ts';

const from = (peer: string | undefined, forwarded?: string) => ({
  socket: { remoteAddress: peer } as Socket,
  headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
});

describe('the client address', () => {
  it('is the peer without a trusted proxy, whatever the headers say', () => {
    const addressOf = createAddressOf([]);
    expect(addressOf(from('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1');
    expect(addressOf(from('::ffff:192.0.2.1'))).toBe('192.0.2.1');
    expect(addressOf(from(undefined))).toBeNull();
  });

  const addressOf = createAddressOf(['10.0.0.0/8', '192.0.2.1', '203.0.113.0/24', 'fd00::/8']);

  it.each([
    ['the one that a trusted proxy sends', from('10.1.2.3', '198.51.100.7'), '198.51.100.7'],
    [
      'the right-most that is not a trusted proxy',
      from('10.1.2.3', '6.6.6.6, 198.51.100.7, 203.0.113.5, 192.0.2.1'),
      '198.51.100.7',
    ],
    ['the peer, if it is not a trusted proxy', from('198.51.100.9', '198.51.100.7'), '198.51.100.9'],
    ['the peer, if a trusted proxy sends no header', from('192.0.2.1'), '192.0.2.1'],
    ['the last proxy before an invalid entry', from('10.1.2.3', 'unknown, 192.0.2.1'), '192.0.2.1'],
    ['an IPv6 address', from('fd00::1', '[2001:db8::7]:443'), '2001:db8::7'],
    ['an address without its port', from('::ffff:10.1.2.3', '198.51.100.7:5000'), '198.51.100.7'],
    ['one of the proxies, if only they are listed', from('10.1.2.3', '192.0.2.1'), '192.0.2.1'],
  ])('is %s', (_what, request, address) => {
    expect(addressOf(request)).toBe(address);
  });

  const networks = readConfig({ TRUST_PROXY: 'private,loopback' }).trustedProxies;

  it.each([
    ['private', networks, '10.0.0.5', '10.0.0.50'],
    ['loopback', networks, '127.0.0.1', '127.0.0.2'],
    ['a private network', ['192.168.0.0/16'], '192.168.1.1', '192.168.7.7'],
    ['a private IPv6 network', ['fd00::/8'], 'fd00::1', 'fd00::50'],
    ['every network', ['0.0.0.0/0'], '198.51.100.1', '10.0.0.50'],
  ])('can’t be forged by a client within %s', (_what, trusted, proxy, client) => {
    const ofNetwork = createAddressOf(trusted);
    expect(ofNetwork(from(proxy, `6.6.6.6, ${client}`))).toBe(client);
    expect(ofNetwork(from(proxy, `10.9.9.9, 127.0.0.9, ${client}`))).toBe(client);
    // A client that bypasses the proxy is the peer.
    expect(ofNetwork(from(client, ''))).toBe(client);
  });

  it('is found behind a chain of private proxies that are listed by address', () => {
    const ofChain = createAddressOf(['10.0.0.5', '10.0.0.6/32', '127.0.0.1']);
    expect(ofChain(from('127.0.0.1', '6.6.6.6, 10.0.0.50, 10.0.0.6, 10.0.0.5'))).toBe('10.0.0.50');
  });
});
