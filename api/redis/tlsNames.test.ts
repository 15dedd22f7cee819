import type { PeerCertificate } from 'node:tls';
import { tlsOptions } from './client.ts';

const certificateOf = (name: string) =>
  ({ subject: { CN: name }, subjectaltname: `DNS:${name}` }) as unknown as PeerCertificate;

describe('the certificate of a node of a Redis cluster', () => {
  const hosts = [{ host: 'cluster.example', port: 6379 }];
  const problemOf = (node: string, certified: string) =>
    tlsOptions({ kind: 'cluster', hosts }).checkServerIdentity?.(node, certificateOf(certified));

  it('may have the name of a configured host if the node announces an IP address', () => {
    expect(problemOf('10.0.0.7', 'cluster.example')).toBeUndefined();
    expect(problemOf('10.0.0.7', '*.example')).toBeUndefined();
  });

  it('must have its own name otherwise', () => {
    expect(problemOf('node.example', 'node.example')).toBeUndefined();
    expect(problemOf('node.example', 'cluster.example')).toBeInstanceOf(Error);
    expect(problemOf('10.0.0.7', 'attacker.example')).toBeInstanceOf(Error);
  });

  it('is checked by Node alone without a cluster', () => {
    expect(tlsOptions({ kind: 'single', hosts })).toEqual({});
  });
});
