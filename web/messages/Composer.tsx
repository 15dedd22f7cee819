import { ArrowUp, Square } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { BarrierNotice } from '../limits/BarrierNotice.tsx';
import { wordsForBarrier } from '../limits/barrier.ts';
import { QuotaNotice } from '../limits/QuotaNotice.tsx';
import { messageFieldName } from '../shell/hotkeys.ts';
import { useAnnounce } from '../ui/Announcer.tsx';
import type { Draft } from './useDraft.ts';

export interface ComposerProps {
  readonly draft: Draft;
  readonly onSend: (text: string) => void;
  /** Null while no answer is running. */
  readonly onStop: (() => void) | null;
  readonly isStopping?: boolean;
  /** Whether a message is being sent. */
  readonly isSending: boolean;
  /** The error, shown above the field. */
  readonly notice?: ReactNode;
  /** The model picker, shown beside the buttons. */
  readonly children?: ReactNode;
}

/** The message field. Enter sends and Shift+Enter breaks the line; on a touch keyboard Enter breaks the line. */
const hasKeyboard = () => window.matchMedia?.('(pointer: fine)').matches ?? true;

export const Composer = ({
  draft,
  onSend,
  onStop,
  isStopping,
  isSending,
  notice,
  children,
}: ComposerProps) => {
  const field = useRef<HTMLTextAreaElement>(null);
  const { barrier } = useAllowance();
  const announce = useAnnounce();
  const reasonId = useId();
  const isReady = draft.text.trim() !== '' && !onStop && !isSending;
  useEffect(() => {
    // On a phone, focusing the field opens the keyboard, which covers half of the page.
    if (hasKeyboard()) field.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (!onStop) return;
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      if (!document.querySelector('[role="dialog"], [role="menu"], [role="alertdialog"]')) onStop();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [onStop]);

  const send = () => {
    if (barrier) announce(wordsForBarrier(barrier, Date.now()));
    if (barrier || !isReady) return;
    onSend(draft.text.trim());
    draft.write('');
    // The pressed button becomes disabled, and would lose the focus.
    if (hasKeyboard()) field.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // 229: Safari reports the Enter that ends a composition after the composition.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || composing || !hasKeyboard()) return;
    event.preventDefault();
    send();
  };
  return (
    <div className="mx-auto w-full max-w-3xl px-3 pb-3 md:px-5 md:pb-5">
      <div className="mb-2 flex flex-col gap-2 empty:hidden">
        {barrier ? <BarrierNotice barrier={barrier} id={reasonId} /> : notice}
        <QuotaNotice />
      </div>
      <form
        aria-label="New message"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        className="rounded-2xl border border-line-strong/60 bg-raised shadow-[0_1px_3px_rgb(0_0_0/0.05)] transition-colors focus-within:border-accent"
      >
        <textarea
          ref={field}
          name={messageFieldName}
          aria-label="Message"
          placeholder="Write a message"
          rows={1}
          value={draft.text}
          onChange={(event) => draft.write(event.target.value)}
          onKeyDown={onKeyDown}
          aria-describedby={barrier ? reasonId : undefined}
          enterKeyHint={hasKeyboard() ? 'send' : 'enter'}
          className="block field-sizing-content max-h-[40dvh] min-h-13 w-full resize-none bg-transparent px-4 pt-3.5 pb-2 text-base leading-6 outline-none placeholder:text-muted"
        />
        <div className="flex items-center gap-2 px-2 pb-2">
          <div className="flex min-w-0 flex-1">{children}</div>
          {onStop ? (
            <button
              type="button"
              onClick={onStop}
              aria-disabled={isStopping || undefined}
              className="inline-flex h-9 items-center gap-2 rounded-xl bg-ink px-3.5 text-sm font-medium text-canvas aria-disabled:opacity-60"
            >
              <Square size={12} fill="currentColor" aria-hidden="true" />
              {isStopping ? 'Stopping…' : 'Stop'}
            </button>
          ) : (
            <button
              type="submit"
              aria-label="Send"
              title="Send"
              // It stays focusable while a limit blocks sending, so that screen readers can say why.
              disabled={!isReady && !barrier}
              aria-disabled={barrier ? true : undefined}
              aria-describedby={barrier ? reasonId : undefined}
              className="inline-flex size-9 items-center justify-center rounded-xl bg-accent text-accent-ink transition-colors hover:brightness-110 disabled:bg-sunken disabled:text-muted aria-disabled:bg-sunken aria-disabled:text-muted"
            >
              <ArrowUp size={19} strokeWidth={2.2} aria-hidden="true" />
            </button>
          )}
        </div>
      </form>
    </div>
  );
};
