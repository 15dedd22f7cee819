import { ZiggieError } from '../errors.ts';
import type { TokenProvider } from '../options.ts';
import { within } from './within.ts';

/** How long a provider may take, in milliseconds. */
const maxMs = 30_000;

/** Who the client is to the service. */
export interface Tokens {
  /** The token to use now; null where there is none to have. Rejects with what the provider throws. */
  current(signal: AbortSignal): Promise<string | null>;
  /** What is held now. */
  held(): string | null;
  /** Says that the service does not take this one, or no longer. */
  refuse(token: string | null): void;
  /** Whether `current` may give another than the one that was refused last. */
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
      // One question at a time, whoever waits for it: many answers may run when a token ends.
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
