import { X } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { IconButton } from './IconButton.tsx';

export interface Notice {
  readonly text: string;
  /** An action, such as undo. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

const NotifyContext = createContext<((notice: Notice) => void) | null>(null);

/** How long a notice stays, in ms; one with an action stays longer. */
const shownFor = { plain: 5_000, withAction: 9_000 };

/** One short line at the top of the page, where it covers no field. A newer notice replaces it. */
export const Notices = ({ children }: { children: ReactNode }) => {
  const [notice, setNotice] = useState<Notice | null>(null);
  const notify = useCallback((next: Notice) => setNotice(next), []);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), notice.action ? shownFor.withAction : shownFor.plain);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <NotifyContext value={notify}>
      {children}
      <div role="status" className="pointer-events-none fixed inset-x-0 top-16 z-50 flex justify-center px-4">
        {notice && (
          <div className="pointer-events-auto flex max-w-md animate-appear items-center gap-1 rounded-xl bg-ink py-1.5 pr-1.5 pl-4 text-sm text-canvas shadow-float">
            <span className="py-1">{notice.text}</span>
            {notice.action && (
              <button
                type="button"
                className="ml-2 rounded-md px-2 py-1 font-semibold underline-offset-4 hover:underline"
                onClick={() => {
                  notice.action?.run();
                  setNotice(null);
                }}
              >
                {notice.action.label}
              </button>
            )}
            <IconButton
              icon={X}
              label="Dismiss"
              compact
              className="text-canvas/70 hover:bg-canvas/15 hover:text-canvas"
              onClick={() => setNotice(null)}
            />
          </div>
        )}
      </div>
    </NotifyContext>
  );
};

export const useNotify = (): ((notice: Notice) => void) => {
  const notify = useContext(NotifyContext);
  if (!notify) throw new Error('A part that notifies stands outside of Notices.');
  return notify;
};
