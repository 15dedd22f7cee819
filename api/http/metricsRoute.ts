import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { forbidden, unauthenticated } from '../failures.ts';
import { bearerToken } from './authenticate.ts';
import type { Metrics } from './metrics.ts';
import type { Route } from './routes.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** `GET /metrics`: with the token where there is one, else for this machine alone, and not through a proxy on it. */
export const metricsRoute = (metrics: Metrics, token: string | null): Route => ({
  method: 'GET',
  path: '/metrics',
  async handle({ request, response }) {
    if (token === null) checkLoopback(request);
    else checkToken(request, token);
    const { text, contentType } = await metrics.read();
    response.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(text);
  },
});

const checkLoopback = ({ socket, headers }: IncomingMessage): void => {
  const address = socket.remoteAddress ?? '';
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) !== 0 && loopback.check(address, family) && !headers['x-forwarded-for']) return;
  throw forbidden('/metrics is for this machine alone. Set METRICS_TOKEN, and send it as a bearer token.');
};

const checkToken = ({ headers }: IncomingMessage, token: string): void => {
  const sent = bearerToken(headers.authorization) ?? '';
  // Hashed, so that they are of one length.
  const [one, other] = [sent, token].map((text) => createHash('sha256').update(text).digest());
  if (one && other && timingSafeEqual(one, other)) return;
  throw unauthenticated('Send METRICS_TOKEN as a bearer token.');
};
