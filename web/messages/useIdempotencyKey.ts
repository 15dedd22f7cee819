import { useMemo, useRef } from 'react';
import { RequestFailure } from '../relay/failure.ts';

/** `crypto.randomUUID` exists only on https and localhost; a server in the LAN is often reached by plain http. */
const newKey = (): string =>
  crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

export interface IdempotencyKeys {
  /** The key to send a request with; `text` is all that tells the request from another. */
  readonly keyFor: (text: string) => string;
  /** What became of the text that was sent last. */
  readonly settled: (error?: Error) => void;
}

/** A request that got no answer may have arrived all the same: the same text then goes again with the same key. */
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
