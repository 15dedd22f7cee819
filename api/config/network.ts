import { isIP } from 'node:net';
import { z } from 'zod';
import { every, isOrigin, list, variable } from './variable.ts';

/** What `TRUST_PROXY` has words for. */
const networks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const isProxy = (text: string): boolean => {
  if (Object.hasOwn(networks, text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    rest.length === 0 && most > 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  );
};

/** What is between it and browsers. */
export const networkVariables = {
  PUBLIC_URL: variable({
    schema: z
      .string()
      .refine(isOrigin, 'give scheme, host and port alone, such as https://chat.example.org')
      .transform((text) => new URL(text).origin)
      .nullable()
      .default(null),
    default: 'none',
    meaning:
      'where browsers reach it through a proxy; with `https` the session cookie is for secure connections only',
  }),
  TRUST_PROXY: variable({
    schema: z
      .string()
      .refine(
        every(isProxy),
        'give IP addresses or networks by comma, such as 10.0.0.5,10.1.0.0/16, or the words loopback and private',
      )
      .transform((text) => list(text).flatMap((part) => networks[part] ?? [part]))
      .default([]),
    default: 'none',
    meaning:
      'the proxies in front of it, whose `X-Forwarded-For` says where a request comes from: IP addresses or networks by comma, `loopback`, `private`. A private network vouches for the direct peer alone: list each further proxy of a chain by its address. Without it all requests through a proxy count as from one address',
  }),
} as const;
