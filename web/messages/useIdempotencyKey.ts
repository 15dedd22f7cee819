import { useMemo, useRef } from 'react';
import { RequestFailure } from '../relay/failure.ts';

/** `crypto.randomUUID` exists only on https and localhost; a server in the LAN is often reached by plain http. */
const newKey = (): string =>
  crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

export interface IdempotencyKeys {
  /** Returns the idempotency key of a request; requests differ only by `text`. */
  readonly keyFor: (text: string) => string;
  /** Records the outcome of the last request. */
  readonly settled: (error?: Error) => void;
}

/** Keeps the key of a request without a response: it may have arrived, so a retry of the same text reuses the key. */
export const useIdempotencyKey = (): IdempotencyKeys => {
  const sent = useRef<{ readonly text: string; readonly key: string } | null>(null);
  return useMemo(
    () => ({
      keyFor: (text) => {
        if (sent.current?.text !== text) sent.current = { text, key: newKey() };
        return sent.current.key;
      },
      settled: (error) => {
        const isUnanswered = error instanceof RequestFailure && error.code === 'UNREACHABLE';
        if (!isUnanswered) sent.current = null;
      },
    }),
    [],
  );
};
