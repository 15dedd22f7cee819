import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** A trusted issuer of tokens that publishes its keys. */
export interface TestIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
  /** The number of times its keys were fetched. */
  readonly fetches: number;
  /** The response instead of the keys; null: the keys. */
  answer: { readonly status: number; readonly body?: string; readonly location?: string } | null;
  /** Signs a token of `ada` that is valid for a minute; `claims` and `header` override the defaults. */
  sign(claims?: JWTPayload, header?: { readonly alg?: string; readonly kid?: string }): Promise<string>;
  /** Returns the public key, which a forger can get too. */
  publicPem(): Promise<string>;
  /** Replaces the key: publishes and signs with a new one. */
  rotate(): Promise<void>;
  /** Makes the issuer unreachable, and reachable again. */
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

export const startTestIssuer = async (clock: () => Date = () => new Date()): Promise<TestIssuer> => {
  const issuer = 'https://control-center.example';
  const audience = 'ziggie';
  let number = 0;
  let pairs = new Map<string, { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }>();
  let kids = new Map<string, string>();

  const makeKeys = async () => {
    number += 1;
    pairs = new Map();
    kids = new Map();
    for (const alg of ['RS256', 'ES256', 'EdDSA']) {
      const kid = `${alg}-${number}`;
      pairs.set(kid, await generateKeyPair(alg, { extractable: true }));
      kids.set(alg, kid);
    }
  };
  const pairOf = (kid: string) => {
    const pair = pairs.get(kid);
    if (!pair) throw new Error(`there is no key ${kid}`);
    return pair;
  };
  await makeKeys();

  const server = createServer(async (_request, response) => {
    started.fetches += 1;
    if (started.answer !== null) {
      const { status, body, location } = started.answer;
      response.writeHead(status, location === undefined ? {} : { Location: location }).end(body);
      return;
    }
    const keys = await Promise.all(
      [...pairs].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid, use: 'sig' })),
    );
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  const port = await listen(0);

  const started = {
    issuer,
    audience,
    jwksUrl: `http://127.0.0.1:${port}/keys`,
    fetches: 0,
    answer: null as TestIssuer['answer'],
    async sign(claims: JWTPayload = {}, { alg = 'RS256', kid }: { alg?: string; kid?: string } = {}) {
      const own = kids.get(alg) ?? '';
      const now = Math.floor(clock().getTime() / 1000);
      const payload = { iss: issuer, aud: audience, sub: 'ada-1', preferred_username: 'ada', iat: now };
      return new SignJWT({ ...payload, exp: now + 60, ...claims })
        .setProtectedHeader({ alg, kid: kid ?? own })
        .sign(pairOf(own).privateKey);
    },
    publicPem: () => exportSPKI(pairOf(kids.get('RS256') ?? '').publicKey),
    rotate: makeKeys,
    disconnect: close,
    async reconnect() {
      await listen(port);
    },
    close,
  };
  return started;
};
