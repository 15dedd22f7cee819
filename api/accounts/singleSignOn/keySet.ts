import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Failure } from '../../errors/failures.ts';

/** How long keys are taken for current before they are fetched again, aside, in milliseconds. */
const freshMs = 5 * 60_000;
/** How long keys work while no others can be fetched, in milliseconds. */
const keptMs = 24 * 60 * 60_000;
/** The pause between two fetches, whoever asks for keys that are not there, in milliseconds. */
const pauseMs = 30_000;
/** The same while there are no keys at all, in milliseconds. */
const firstPauseMs = 2000;
/** How long one fetch may take, in milliseconds. */
const fetchMs = 5000;
/** Bytes that an answer may have. */
const maxBytes = 256 * 1024;

export interface KeySetDeps {
  /** A JSON Web Key Set (RFC 7517, 5), by http or https. */
  readonly url: string;
  /** Milliseconds that never go back. */
  readonly elapsed: () => number;
  readonly log: Logger;
}

/** Keys of an issuer, by `kid`, which is compared and nothing else. */
export interface KeySet {
  /** Throws a `JOSEError` for a key that is not there, and `ENGINE_UNAVAILABLE` while none could be fetched. */
  readonly find: JWTVerifyGetKey;
  /** Fetches them ahead of the first token. Never rejects. */
  fetchAhead(): Promise<void>;
}

/**
 * Keys are fetched when they are first needed, again when they are some minutes old, and at once for a `kid` that is not
 * among them, because the issuer may have changed keys; but once in a while at most, so that made-up `kid`s cost little.
 * An issuer that is away is no reason to turn away whom its last known keys vouch for.
 */
export const createKeySet = ({ url, elapsed: now, log }: KeySetDeps): KeySet => {
  let known: { readonly find: JWTVerifyGetKey; readonly at: number } | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | null = null;

  const fetchNow = async (): Promise<void> => {
    triedAt = now();
    try {
      const set = await fetchKeys(url);
      known = { find: createLocalJWKSet(set), at: now() };
    } catch (error) {
      log.warn({ url, err: error, kept: known !== null }, 'the keys of JWKS_URL could not be fetched');
    }
  };

  /** One at a time. Null where it was done a moment ago. */
  const fetchAgain = (): Promise<void> | null => {
    if (fetching === null && now() - triedAt < (known === null ? firstPauseMs : pauseMs)) return null;
    fetching ??= fetchNow().finally(() => {
      fetching = null;
    });
    return fetching;
  };

  const current = async () => {
    const age = known === null ? keptMs : now() - known.at;
    if (age >= keptMs) {
      known = null;
      await fetchAgain();
    } else if (age >= freshMs) {
      fetchAgain();
    }
    if (known !== null) return known;
    throw new Failure(
      'ENGINE_UNAVAILABLE',
      'Tokens can’t be checked now: their issuer’s keys can’t be fetched. Try again soon.',
    );
  };

  return {
    async find(header, token) {
      const { find } = await current();
      try {
        return await find(header, token);
      } catch (error) {
        const again = error instanceof errors.JWKSNoMatchingKey ? fetchAgain() : null;
        if (again === null) throw error;
        await again;
        return (await current()).find(header, token);
      }
    },
    async fetchAhead() {
      await fetchAgain();
    },
  };
};

const keySetShape = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

const fetchKeys = async (url: string) => {
  const response = await fetch(url, {
    headers: { Accept: 'application/jwk-set+json, application/json' },
    // Whoever can redirect could name the keys that are believed.
    redirect: 'error',
    signal: AbortSignal.timeout(fetchMs),
  });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return keySetShape.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
};
