import { t } from '@lingui/core/macro';
import { X } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { IconButton } from './IconButton.tsx';

export interface Notice {
  readonly text: string;
  /** An action, such as undo. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Called once when the notice is gone without its action: its time is over, it was dismissed, or another replaced it. */
  readonly onGone?: () => void;
}

const NotifyContext = createContext<((notice: Notice) => void) | null>(null);

/** How long a notice stays, in ms; one with an action stays longer. While it has the pointer or the focus, it stays. */
const shownFor = { plain: 5_000, withAction: 9_000 };

/** One short line at the top of the page, where it covers no field. A newer notice replaces it. */
export const Notices = ({ children }: { children: ReactNode }) => {
  const [notice, setNotice] = useState<Notice | null>(null);
  const [isHeld, setHeld] = useState(false);
  const shown = useRef<Notice | null>(null);
  const show = useCallback((next: Notice | null) => {
    const before = shown.current;
    shown.current = next;
    setNotice(next);
    if (!next) setHeld(false);
    before?.onGone?.();
  }, []);
  useEffect(() => {
    if (!notice || isHeld) return;
    const timer = setTimeout(() => show(null), notice.action ? shownFor.withAction : shownFor.plain);
    return () => clearTimeout(timer);
  }, [notice, isHeld, show]);
  const act = (run: () => void) => {
    shown.current = null;
    show(null);
    run();
  };
  return (
    <NotifyContext value={show}>
      {children}
      <div
        role="status"
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
        className="pointer-events-none fixed inset-x-0 top-16 z-50 flex justify-center px-4"
      >
        {notice && (
          <div className="pointer-events-auto flex max-w-md animate-appear items-center gap-1 rounded-xl bg-ink py-1.5 ps-4 pe-1.5 text-sm text-canvas shadow-float">
            <span className="py-1">{notice.text}</span>
            {notice.action && (
              <button
                type="button"
                className="ms-2 rounded-md px-2 py-1 font-semibold underline-offset-4 hover:underline"
                onClick={() => notice.action && act(notice.action.run)}
              >
                {notice.action.label}
              </button>
            )}
            <IconButton
              icon={X}
              label={t`Dismiss`}
              compact
              className="text-canvas/70 hover:bg-canvas/15 hover:text-canvas"
              onClick={() => show(null)}
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
