import { t } from '@lingui/core/macro';
import { useSyncExternalStore } from 'react';
import { useConnectionState } from '../session/SessionProvider.tsx';

const subscribe = (listener: () => void) => {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
};
const isOnline = () => navigator.onLine;

/** A notice that live updates don't arrive. It disappears once they do, together with what was missed. */
export const ConnectionNotice = () => {
  const state = useConnectionState();
  const online = useSyncExternalStore(subscribe, isOnline);
  return (
    <div
      role="status"
      className="absolute inset-x-0 top-2 z-30 flex justify-center px-14 pointer-events-none"
    >
      {(state === 'lost' || !online) && (
        <p className="flex animate-appear items-center gap-2.5 rounded-full border border-line bg-raised px-3.5 py-1.5 text-sm font-medium shadow-float">
          <span className="size-2 animate-breathe rounded-full bg-warn" aria-hidden="true" />
          {online ? t`Reconnecting…` : t`You are offline. Nothing is lost.`}
        </p>
      )}
    </div>
  );
};
