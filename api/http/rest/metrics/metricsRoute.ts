import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { forbidden, unauthenticated } from '../../../errors/failures.ts';
import { bearerToken } from '../../auth/authenticate.ts';
import type { Route } from '../routes.ts';
import type { Metrics } from './metrics.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/**
 * `GET /metrics`: with the token where there is one. Without one, for this machine alone: from a loopback address, by a
 * loopback name, and through no proxy. `isProxied` says that there is one by configuration, and refuses all.
 */
export const metricsRoute = (metrics: Metrics, token: string | null, isProxied: boolean): Route => ({
  method: 'GET',
  path: '/metrics',
  async handle({ request, response }) {
    if (token === null) checkLoopback(request, isProxied);
    else checkToken(request, token);
    const { text, contentType } = await metrics.read();
    response.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(text);
  },
});

const checkLoopback = ({ socket, headers, httpVersion }: IncomingMessage, isProxied: boolean): void => {
  const isDirect =
    !isProxied && httpVersion !== '1.0' && forwarding.every((name) => headers[name] === undefined);
  if (isLoopback(socket.remoteAddress ?? '') && isLoopbackHost(headers.host) && isDirect) return;
  throw forbidden('/metrics is for this machine alone. Set METRICS_TOKEN, and send it as a bearer token.');
};

/** What proxies add. Some add none of it; nginx then speaks HTTP/1.0, and others keep the Host of the client. */
const forwarding = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
];

const isLoopback = (address: string): boolean => {
  const version = isIP(address);
  return version !== 0 && loopback.check(address, version === 6 ? 'ipv6' : 'ipv4');
};

/** A page of another site whose name leads here (DNS rebinding) has its own name in `Host`. */
const isLoopbackHost = (host: string | undefined): boolean => {
  const { hostname = '' } = URL.parse(`http://${host}`) ?? {};
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
};

const checkToken = ({ headers }: IncomingMessage, token: string): void => {
  const sent = bearerToken(headers.authorization) ?? '';
  // Hashed, so that they are of one length.
  const [one, other] = [sent, token].map((text) => createHash('sha256').update(text).digest());
  if (one && other && timingSafeEqual(one, other)) return;
  throw unauthenticated('Send METRICS_TOKEN as a bearer token.');
};
