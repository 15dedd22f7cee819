import { useCallback } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { signInAt } from './returnTo.ts';
import { useRenewSession } from './SessionProvider.tsx';

/** Redirects to the sign-in page and back, for a component that notices by itself that the session has ended. */
export const useSignInAgain = (): (() => void) => {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const renew = useRenewSession();
  return useCallback(() => {
    void Promise.resolve(navigate(signInAt(pathname), { replace: true })).then(renew);
  }, [navigate, pathname, renew]);
};
