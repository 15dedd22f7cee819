import { isIP } from 'node:net';
import { z } from 'zod';
import { every, isWebUrl, list, variable } from './variable.ts';

/** The networks that `TRUST_PROXY` accepts by name. */
const networks: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const isProxy = (text: string): boolean => {
  if (Object.hasOwn(networks, text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const maxBits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    rest.length === 0 &&
    maxBits > 0 &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= maxBits))
  );
};

/** Whether the text is a web URL whose path, if any, consists of plain names. */
const isPublicUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return isWebUrl(text) && url?.search === '' && url.hash === '' && /^(?:\/[\w.~-]+)*\/?$/.test(url.pathname);
};

/** The proxies between the service and its clients. */
export const networkVariables = {
  PUBLIC_URL: variable({
    schema: z
      .string()
      .refine(
        isPublicUrl,
        'give scheme, host and port, and the path if the service is below one, such as https://chat.example.org or https://example.org/ai',
      )
      .transform((text) => new URL(text).href.replace(/\/$/, ''))
      .nullable()
      .default(null),
    default: 'none',
    meaning:
      'the URL at which browsers reach the service through a proxy, with the path if it is below one (`https://example.org/ai`); with `https`, the session cookie is sent over secure connections only',
  }),
  TRUST_PROXY: variable({
    schema: z
      .string()
      .refine(
        every(isProxy),
        'give IP addresses or networks separated by commas, such as 10.0.0.5,10.1.0.0/16, or the names loopback and private',
      )
      .transform((text) => list(text).flatMap((part) => networks[part] ?? [part]))
      .default([]),
    default: 'none',
    meaning:
      'the proxies in front of the service, whose `X-Forwarded-For` is trusted: IP addresses or networks separated by commas, `loopback`, `private`. A private network is trusted as the direct peer only: list each further proxy of a chain by its address. Without `TRUST_PROXY`, all requests through a proxy count as requests from one address',
  }),
} as const;
