import { useEffect, useEffectEvent, useRef } from 'react';
import { maxRequestMs } from '../relay/network.ts';
import { useConnection, useOpenings } from './SessionProvider.tsx';

/**
 * Refetches what may have changed before the live connection opened, because no event announced it. Runs after each
 * opening, the first one included: the page was read before it. Also runs when a component mounts so soon after an
 * opening that its own query may be older.
 */
export const useCatchUp = (read: () => { readonly unsubscribe: () => void }): void => {
  const connection = useConnection();
  const openings = useOpenings();
  const seen = useRef<number | null>(null);
  const catchUp = useEffectEvent(read);
  useEffect(() => {
    seen.current ??= connection.openFor() < maxRequestMs ? openings - 1 : openings;
    if (seen.current === openings) return;
    seen.current = openings;
    const reading = catchUp();
    return () => reading.unsubscribe();
  }, [connection, openings]);
};
