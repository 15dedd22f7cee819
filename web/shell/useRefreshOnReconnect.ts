import { useEffect, useRef } from 'react';
import { useRevalidator } from 'react-router';
import { useReconnects } from '../session/SessionProvider.tsx';

/** Changes that were published while the socket was down reached nobody here: what is shown is read again. */
export const useRefreshOnReconnect = (): void => {
  const reconnects = useReconnects();
  const seen = useRef(reconnects);
  const { revalidate } = useRevalidator();
  useEffect(() => {
    if (seen.current === reconnects) return;
    seen.current = reconnects;
    void revalidate();
  }, [reconnects, revalidate]);
};
