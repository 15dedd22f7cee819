import type { Socket } from 'node:net';
import { createAddressOf } from './clientAddress.ts';

const from = (peer: string | undefined, forwarded?: string) => ({
  socket: { remoteAddress: peer } as Socket,
  headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
});

describe('where a request comes from', () => {
  it('is the peer, whatever the request says, where no proxy is trusted', () => {
    const addressOf = createAddressOf([]);
    expect(addressOf(from('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1');
    expect(addressOf(from('::ffff:192.0.2.1'))).toBe('192.0.2.1');
    expect(addressOf(from(undefined))).toBeNull();
  });

  const addressOf = createAddressOf(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);

  it.each([
    ['what a trusted proxy says', from('10.1.2.3', '198.51.100.7'), '198.51.100.7'],
    [
      'the last that no trusted proxy is',
      from('10.1.2.3', '6.6.6.6, 198.51.100.7, 10.9.9.9'),
      '198.51.100.7',
    ],
    ['the peer, where that is no trusted proxy', from('198.51.100.9', '198.51.100.7'), '198.51.100.9'],
    ['the peer, where a trusted proxy says nothing', from('192.0.2.1'), '192.0.2.1'],
    ['the last proxy before nonsense', from('10.1.2.3', 'unknown, 10.9.9.9'), '10.9.9.9'],
    ['an address of IPv6', from('fd00::1', '[2001:db8::7]:443'), '2001:db8::7'],
    ['an address with its port', from('::ffff:10.1.2.3', '198.51.100.7:5000'), '198.51.100.7'],
    ['one of the proxies, where only they are named', from('10.1.2.3', '10.2.2.2'), '10.2.2.2'],
  ])('is %s', (_what, request, address) => {
    expect(addressOf(request)).toBe(address);
  });
});
