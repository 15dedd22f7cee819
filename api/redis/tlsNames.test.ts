import type { PeerCertificate } from 'node:tls';
import { tlsOptions } from './client.ts';

const certificateOf = (name: string) =>
  ({ subject: { CN: name }, subjectaltname: `DNS:${name}` }) as unknown as PeerCertificate;

describe('the certificate of a node of a Redis cluster', () => {
  const hosts = [{ host: 'main.redis.example', port: 6379 }];
  const problemOf = (node: string, certified: string) =>
    tlsOptions({ kind: 'cluster', hosts }).checkServerIdentity?.(node, certificateOf(certified));

  const mismatch = { code: 'ERR_TLS_CERT_ALTNAME_INVALID' };

  it('may have the name of a configured host if the node announces an IP address', () => {
    expect(problemOf('10.0.0.7', 'main.redis.example')).toBeUndefined();
    expect(problemOf('10.0.0.7', '*.redis.example')).toBeUndefined();
  });

  it('must have its own name otherwise', () => {
    expect(problemOf('node.example', 'node.example')).toBeUndefined();
    expect(problemOf('node.example', 'main.redis.example')).toMatchObject(mismatch);
    expect(problemOf('10.0.0.7', 'attacker.example')).toMatchObject(mismatch);
  });

  it('is checked by Node alone without a cluster', () => {
    expect(tlsOptions({ kind: 'single', hosts })).toEqual({});
  });
});
