import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Failure } from '../../errors/failures.ts';

/** The age at which keys are refreshed in the background, in milliseconds. */
const freshMs = 5 * 60_000;
/** The maximum age of keys while the issuer is unreachable, in milliseconds. */
const maxAgeMs = 24 * 60 * 60_000;
/**
 * The minimum interval between two fetches, in milliseconds, and by itself between two fetches for an unknown key id:
 * invented ids must not flood the issuer, and a new key works although the keys were fetched just before the rotation.
 */
const pauseMs = 30_000;
/** The same while no keys are known, in milliseconds. */
const firstPauseMs = 2000;
/** The timeout of one fetch, in milliseconds. */
const timeoutMs = 5000;
/** The maximum size of a response, in bytes. */
const maxBytes = 256 * 1024;

export interface KeySetDeps {
  /** The http or https URL of a JSON Web Key Set (RFC 7517, 5). */
  readonly url: string;
  /** A monotonic clock, in milliseconds. */
  readonly elapsed: () => number;
  readonly log: Logger;
}

/** The keys of an issuer by `kid`. The `kid` is only compared, never used to locate a key. */
export interface KeySet {
  /** Throws a `JOSEError` for an unknown key, and `ENGINE_UNAVAILABLE` while no keys could be fetched. */
  readonly find: JWTVerifyGetKey;
  /** Fetches the keys ahead of the first token. Never rejects. */
  fetchAhead(): Promise<void>;
}

/**
 * Creates a cached key set. Keys are fetched when first needed, refreshed after some minutes, and fetched immediately for
 * an unknown `kid`, because the issuer may have rotated keys. Fetches are throttled, so invented `kid`s cost little. While
 * the issuer is unreachable, the last known keys stay valid.
 */
export const createKeySet = ({ url, elapsed: now, log }: KeySetDeps): KeySet => {
  let known: { readonly find: JWTVerifyGetKey; readonly at: number } | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let triedUnknownAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | null = null;

  const fetchNow = async (): Promise<void> => {
    triedAt = now();
    try {
      const set = await fetchKeys(url);
      known = { find: createLocalJWKSet(set), at: now() };
    } catch (error) {
      log.warn({ url, err: error, kept: known !== null }, 'accounts: keys of JWKS_URL not fetched');
    }
  };

  /** Fetches the keys; simultaneous calls share one fetch. Returns null if the last fetch was too recent. */
  const refresh = (): Promise<void> | null => {
    if (fetching === null && now() - triedAt < (known === null ? firstPauseMs : pauseMs)) return null;
    return fetchOnce();
  };

  /** The same for an unknown key id, which has its own interval. */
  const refreshForUnknown = (): Promise<void> | null => {
    if (fetching === null && now() - triedUnknownAt < pauseMs) return null;
    triedUnknownAt = now();
    return fetchOnce();
  };

  const fetchOnce = (): Promise<void> => {
    fetching ??= fetchNow().finally(() => {
      fetching = null;
    });
    return fetching;
  };

  const current = async () => {
    const age = known === null ? maxAgeMs : now() - known.at;
    if (age >= maxAgeMs) {
      known = null;
      await refresh();
    } else if (age >= freshMs) {
      refresh();
    }
    if (known !== null) return known;
    throw new Failure(
      'ENGINE_UNAVAILABLE',
      'Tokens can’t be verified now: the issuer’s keys are unavailable. Try again soon.',
    );
  };

  return {
    async find(header, token) {
      const { find } = await current();
      try {
        return await find(header, token);
      } catch (error) {
        const refreshed = error instanceof errors.JWKSNoMatchingKey ? refreshForUnknown() : null;
        if (refreshed === null) throw error;
        await refreshed;
        return (await current()).find(header, token);
      }
    },
    async fetchAhead() {
      await refresh();
    },
  };
};

const keySetShape = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

const fetchKeys = async (url: string) => {
  const response = await fetch(url, {
    headers: { Accept: 'application/jwk-set+json, application/json' },
    // A redirect could substitute the trusted keys.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`the issuer answered with status ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`the key set is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return keySetShape.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
};
