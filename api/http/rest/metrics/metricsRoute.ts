import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { forbidden, unauthenticated } from '../../../errors/failures.ts';
import type { Metrics } from '../../../metrics/metrics.ts';
import { bearerToken } from '../../auth/authenticate.ts';
import { endpoint } from '../endpoint.ts';
import type { Route } from '../routes.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

export interface MetricsRouteDeps {
  readonly metrics: Pick<Metrics, 'print'>;
  /** The bearer token that scrapers send; null: only requests from this machine are answered. */
  readonly token: string | null;
  /** Whether a trusted proxy is configured: then no request counts as one from this machine. */
  readonly isProxied: boolean;
}

/**
 * `GET /metrics` for Prometheus: the text format, or OpenMetrics if the request accepts it. Without a token, it answers only requests of this machine: from a loopback address, to a
 * loopback name, and through no proxy. Throws `UNAUTHENTICATED` or `FORBIDDEN`.
 */
export const metricsRoute = ({ metrics, token, isProxied }: MetricsRouteDeps): Route =>
  endpoint({
    unlisted: 'metrics',
    method: 'GET',
    path: '/metrics',
    credentials: 'none',
    async handle({ exchange: { request, response } }) {
      if (token === null) checkLoopback(request, isProxied);
      else checkToken(request, token);
      const acceptsOpenMetrics = request.headers.accept?.includes('application/openmetrics-text') ?? false;
      const { text, contentType } = await metrics.print(acceptsOpenMetrics ? 'openMetrics' : 'prometheus');
      response.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(text);
    },
  });

const checkLoopback = ({ socket, headers, httpVersion }: IncomingMessage, isProxied: boolean): void => {
  const isDirect =
    !isProxied && httpVersion !== '1.0' && forwarding.every((name) => headers[name] === undefined);
  if (isLoopback(socket.remoteAddress ?? '') && isLoopbackHost(headers.host) && isDirect) return;
  throw forbidden(
    '/metrics is only available from this machine. Set METRICS_TOKEN, and send it as a bearer token.',
  );
};

/** Headers that proxies add. Of those that add none, nginx speaks HTTP/1.0, and others keep the client's Host. */
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

/** Guards against DNS rebinding: a page whose own name resolves to this machine sends that name in `Host`. */
const isLoopbackHost = (host: string | undefined): boolean => {
  const { hostname = '' } = URL.parse(`http://${host}`) ?? {};
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
};

const checkToken = ({ headers }: IncomingMessage, token: string): void => {
  const sent = bearerToken(headers.authorization) ?? '';
  // Hashed, since timingSafeEqual takes buffers of equal length only.
  const [one, other] = [sent, token].map((text) => createHash('sha256').update(text).digest());
  if (one && other && timingSafeEqual(one, other)) return;
  throw unauthenticated('Send METRICS_TOKEN as a bearer token.');
};
