import type { Viewer } from '../../access/viewer.ts';
import { unauthenticated } from '../../errors/failures.ts';
import type { Exchange } from '../server/exchange.ts';

/** Returns the authenticated caller of a request. Throws `UNAUTHENTICATED` for an anonymous one. */
export const requireViewer = async (exchange: Exchange): Promise<Viewer> => {
  const { viewer } = await exchange.caller();
  if (viewer) return viewer;
  throw unauthenticated(
    'Sign in first: send "Authorization: Bearer …" with a token from POST /api/auth/login, or with an API key.',
  );
};
