import { plural, t } from '@lingui/core/macro';
import { ArrowUp, Square } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { AttachButton } from '../attachments/AttachButton.tsx';
import { AttachedFiles } from '../attachments/AttachedFiles.tsx';
import type { AttachmentsDraft } from '../attachments/useAttachments.ts';
import { locale } from '../language/language.ts';
import { useAllowance } from '../limits/AllowanceProvider.tsx';
import { BarrierNotice } from '../limits/BarrierNotice.tsx';
import { wordsForBarrier } from '../limits/barrier.ts';
import { QuotaNotice } from '../limits/QuotaNotice.tsx';
import { type SlashKeys, SlashMenu } from '../presets/SlashMenu.tsx';
import { messageFieldName } from '../shell/hotkeys.ts';
import { DictateButton } from '../speech/DictateButton.tsx';
import { useAnnounce } from '../ui/Announcer.tsx';
import { isOfInputMethod } from '../ui/inputMethod.ts';
import { useNotify } from '../ui/Notices.tsx';
import { directionOf } from './directionOf.ts';
import { hasKeyboard } from './messageFocus.ts';
import { maxMessageLength } from './messageLength.ts';
import type { Draft } from './useDraft.ts';
import { useDroppedFiles } from './useDroppedFiles.ts';

export interface ComposerProps {
  readonly draft: Draft;
  /** The files of the message; absent where none can be attached. */
  readonly attachments?: AttachmentsDraft;
  readonly onSend: (text: string, attachmentIds: readonly string[]) => void;
  /** Null while no answer is running. */
  readonly onStop: (() => void) | null;
  readonly isStopping?: boolean;
  /** Queues a message while an answer runs; absent where that isn't possible. */
  readonly onQueue?: (text: string) => void;
  /** Whether a message is being sent. */
  readonly isSending: boolean;
  /** The error, shown above the field. */
  readonly notice?: ReactNode;
  /** The model picker, shown beside the buttons. */
  readonly children?: ReactNode;
}

/**
 * From this length on, the field has a fixed height and direction: measuring a long text, and finding its direction, with
 * every key would slow typing down.
 */
const longDraft = 10_000;

/** The message field. Enter sends and Shift+Enter breaks the line; on a touch keyboard Enter breaks the line. */
export const Composer = ({
  draft,
  attachments,
  onSend,
  onStop,
  isStopping,
  onQueue,
  isSending,
  notice,
  children,
}: ComposerProps) => {
  const field = useRef<HTMLTextAreaElement>(null);
  const { barrier } = useAllowance();
  const announce = useAnnounce();
  const notify = useNotify();
  const reasonId = useId();
  const slashKeys = useRef<SlashKeys | null>(null);
  const hasText = /\S/.test(draft.text);
  const isLong = draft.text.length > longDraft;
  const isQueueing = onStop !== null || isSending;
  const isReady = hasText && !attachments?.isBlocked && (!isQueueing || onQueue !== undefined);
  useEffect(() => {
    // On a phone, focusing the field opens the keyboard, which covers half of the page.
    if (hasKeyboard()) field.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    if (!onStop) return;
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || isOfInputMethod(event)) return;
      if (!document.querySelector('[role="dialog"], [role="menu"], [role="alertdialog"]')) onStop();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [onStop]);

  const send = () => {
    if (barrier) announce(wordsForBarrier(barrier, Date.now()));
    if (barrier || !isReady) return;
    const text = draft.text.trim();
    if (isQueueing && attachments?.files.length) {
      notify({ text: t`A message with files can’t be queued. Send it when the answer has ended.` });
      return;
    }
    if (isQueueing) {
      onQueue?.(text);
      announce(t`Message queued. It is sent when the answer ends.`);
    } else onSend(text, attachments?.take() ?? []);
    draft.write('');
    // The pressed button becomes disabled, and would lose the focus.
    if (hasKeyboard()) field.current?.focus({ preventScroll: true });
  };
  const write = (text: string) => {
    if (text.length > maxMessageLength && text.length > draft.text.length) {
      const length = text.length;
      const max = maxMessageLength.toLocaleString(locale());
      notify({
        text: plural(length, {
          one: `This message would have # character. At most ${max} are possible, so nothing was added.`,
          other: `This message would have # characters. At most ${max} are possible, so nothing was added.`,
        }),
      });
    } else draft.write(text);
  };
  const addFiles = (files: readonly File[]) => {
    if (!attachments) return;
    const problem = attachments.add(files);
    if (problem) notify({ text: problem });
    field.current?.focus({ preventScroll: true });
  };
  useDroppedFiles(addFiles);
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    // A copied table or page has both text and a picture of it.
    if (event.clipboardData.files.length === 0 || event.clipboardData.types.includes('text/plain')) return;
    event.preventDefault();
    addFiles([...event.clipboardData.files]);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (slashKeys.current?.(event)) return;
    if (event.key !== 'Enter' || event.shiftKey || isOfInputMethod(event.nativeEvent) || !hasKeyboard())
      return;
    event.preventDefault();
    send();
  };
  return (
    <div className="mx-auto w-full max-w-3xl px-3 pb-3 md:px-5 md:pb-5">
      <div className="mb-2 flex flex-col gap-2 empty:hidden">
        {barrier ? <BarrierNotice barrier={barrier} id={reasonId} /> : notice}
        <QuotaNotice />
        <SlashMenu message={draft.text} onOpen={() => draft.write('')} keys={slashKeys} />
      </div>
      <form
        aria-label={t`New message`}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        className="rounded-2xl border border-line-strong/60 bg-raised shadow-[0_1px_3px_rgb(0_0_0/0.05)] transition-colors focus-within:border-accent"
      >
        {attachments && <AttachedFiles files={attachments.files} onRemove={attachments.remove} />}
        <textarea
          ref={field}
          name={messageFieldName}
          aria-label={t`Message`}
          placeholder={t`Write a message`}
          rows={1}
          dir={isLong ? directionOf(draft.text) : 'auto'}
          spellCheck={isLong ? false : undefined}
          value={draft.text}
          onChange={(event) => write(event.target.value)}
          onPaste={onPaste}
          onKeyDown={onKeyDown}
          aria-describedby={barrier ? reasonId : undefined}
          enterKeyHint={hasKeyboard() ? 'send' : 'enter'}
          className={`block ${isLong ? 'h-[40dvh]' : 'field-sizing-content'} max-h-[40dvh] min-h-13 w-full resize-none bg-transparent px-4 pt-3.5 pb-2 text-base leading-6 outline-none placeholder:text-muted`}
        />
        {/* On a phone, three pickers need a row of their own, or they squeeze the name of the model. */}
        <div className="flex items-center gap-2 px-2 pb-2 max-[30rem]:flex-wrap">
          {attachments && <AttachButton onFiles={addFiles} />}
          <DictateButton
            onText={(text) =>
              write(/(?:^|\s)$/.test(draft.text) ? draft.text + text : `${draft.text} ${text}`)
            }
          />
          <div className="flex min-w-0 flex-1 items-center max-[30rem]:has-[>:nth-child(3)]:order-first max-[30rem]:has-[>:nth-child(3)]:basis-full">
            {children}
          </div>
          <div className="ms-auto flex items-center gap-2">
            {onStop && (
              <button
                type="button"
                onClick={onStop}
                aria-disabled={isStopping || undefined}
                className="inline-flex h-9 items-center gap-2 rounded-xl bg-ink pointer-coarse:h-11 px-3.5 text-sm font-medium text-canvas aria-disabled:opacity-60"
              >
                <Square size={12} fill="currentColor" aria-hidden="true" />
                {isStopping ? t`Stopping…` : t`Stop`}
              </button>
            )}
            {(!onStop || (onQueue && hasText)) && (
              <button
                type="submit"
                aria-label={isQueueing && onQueue ? t`Queue message` : t`Send`}
                title={isQueueing && onQueue ? t`Queue message: it is sent when the answer ends` : t`Send`}
                // It stays focusable while a limit blocks sending, so that screen readers can say why.
                disabled={!isReady && !barrier}
                aria-disabled={barrier ? true : undefined}
                aria-describedby={barrier ? reasonId : undefined}
                className="inline-flex size-9 items-center justify-center rounded-xl bg-accent pointer-coarse:size-11 text-accent-ink transition-colors hover:brightness-110 disabled:bg-sunken disabled:text-muted aria-disabled:bg-sunken aria-disabled:text-muted"
              >
                <ArrowUp size={19} strokeWidth={2.2} aria-hidden="true" />
              </button>
            )}
          </div>
        </div>
      </form>
    </div>
  );
};
