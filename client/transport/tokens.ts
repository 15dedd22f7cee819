import { ZiggieError } from '../errors.ts';
import type { TokenProvider } from '../options.ts';
import { within } from './within.ts';

/** The time limit of a token provider, in ms. */
const maxMs = 30_000;

/** The credentials of the client. */
export interface Tokens {
  /** Resolves to the current token; null for anonymous calls. Rejects with the provider's error. */
  current(signal: AbortSignal): Promise<string | null>;
  /** The token held now. */
  held(): string | null;
  /** Records that the service rejected a token. */
  refuse(token: string | null): void;
  /** Whether `current` may return another token than the one rejected last. */
  mayRenew(): boolean;
  set(token: string | null): void;
}

export const createTokens = (first: string | null, provider: TokenProvider | null): Tokens => {
  let held = first;
  let refused: string | null = null;
  let asking: Promise<string> | null = null;

  const ask = async (provide: TokenProvider): Promise<string> => {
    const token = await within(maxMs, 'The token provider', () => provide(refused));
    if (token === refused) {
      throw new ZiggieError(
        'UNAUTHENTICATED',
        'The token provider gave the token that was refused. Sign in again.',
      );
    }
    held = token;
    return token;
  };

  return {
    held: () => held,
    async current(signal) {
      signal.throwIfAborted();
      if (held !== null || !provider) return held;
      // One call of the provider at a time: many answers may run when a token expires.
      asking ??= ask(provider).finally(() => {
        asking = null;
      });
      return asking;
    },
    refuse(token) {
      if (token === null || token !== held) return;
      refused = token;
      held = null;
    },
    mayRenew: () => provider !== null || held !== null,
    set(token) {
      held = token;
    },
  };
};
