import { t } from '@lingui/core/macro';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';

const AnnounceContext = createContext<((text: string) => void) | null>(null);

/** Announces short sentences to screen readers, politely: an answer starts, an answer is finished. Never each token. */
export const Announcer = ({ children }: { children: ReactNode }) => {
  const [said, setSaid] = useState({ text: '', times: 0 });
  const announce = useCallback((text: string) => setSaid(({ times }) => ({ text, times: times + 1 })), []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div role="status" aria-label={t`Announcements`} className="sr-only">
        {/* The same sentence twice is read twice only if the element is a new one. */}
        <span key={said.times}>{said.text}</span>
      </div>
    </AnnounceContext>
  );
};

export const useAnnounce = (): ((text: string) => void) => {
  const announce = useContext(AnnounceContext);
  if (!announce) throw new Error('A part that announces stands outside of Announcer.');
  return announce;
};
