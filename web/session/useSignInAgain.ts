import { useCallback } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { signInAt } from './returnTo.ts';
import { useRenewSession } from './SessionProvider.tsx';

/** Leads to the sign-in page and from there back here, for a part that finds out by itself that the session is over. */
export const useSignInAgain = (): (() => void) => {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const renew = useRenewSession();
  return useCallback(() => {
    void Promise.resolve(navigate(signInAt(pathname), { replace: true })).then(renew);
  }, [navigate, pathname, renew]);
};
