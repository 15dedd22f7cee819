import { useEffect, useEffectEvent, useRef } from 'react';
import { useReconnects } from './SessionProvider.tsx';

/** Runs after the live connection dropped and came back: what was published in between reached nobody here. */
export const useOnReconnect = (read: () => { readonly unsubscribe: () => void }): void => {
  const reconnects = useReconnects();
  const seen = useRef(reconnects);
  const onReconnect = useEffectEvent(read);
  useEffect(() => {
    if (seen.current === reconnects) return;
    seen.current = reconnects;
    const reading = onReconnect();
    return () => reading.unsubscribe();
  }, [reconnects]);
};
