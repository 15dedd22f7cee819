import type { Viewer } from '../accounts/viewer.ts';
import { unauthenticated } from '../failures.ts';
import type { Exchange } from './exchange.ts';

/** Who asks. Throws `UNAUTHENTICATED` where nobody is signed in. */
export const signedIn = async (exchange: Exchange): Promise<Viewer> => {
  const { viewer } = await exchange.caller();
  if (viewer) return viewer;
  throw unauthenticated(
    'Sign in first: send "Authorization: Bearer …" with a token from POST /api/auth/login.',
  );
};
