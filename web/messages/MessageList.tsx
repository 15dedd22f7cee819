import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useHighlight } from '../search/useHighlight.ts';
import { showCall } from '../tools/showCall.ts';
import type { MessageRow_message$key } from './__generated__/MessageRow_message.graphql.ts';
import { MessageRow } from './MessageRow.tsx';
import { PendingMessage } from './PendingMessage.tsx';
import type { TargetMessage } from './useTargetMessage.ts';

export interface MessageListProps {
  readonly messages: readonly (MessageRow_message$key & {
    readonly id: string;
    readonly generation: { readonly model: string } | null | undefined;
  })[];
  /** The text of a message that is being sent. */
  readonly pending: string | null;
  /** The id of the oldest message that reaches the model; null if all do. */
  readonly firstInContext: string | null;
  /** The message to show first; null: the latest. */
  readonly target: TargetMessage | null;
  /** The call of a tool to scroll to, of the last message; another object scrolls again. Null: none. */
  readonly call: { readonly id: string } | null;
  /** Shown instead of the last message: all answers to the question. */
  readonly comparison: ReactNode;
  /** Shows the versions of the last message side by side. Null if there is only one. */
  readonly onCompare: (() => void) | null;
  readonly hasEarlier: boolean;
  readonly isLoadingEarlier: boolean;
  readonly onLoadEarlier: () => void;
}

/** The number of messages from the top at which earlier ones are fetched. */
const nearTop = 6;
/** The distance from the end within which the list follows the answer, in pixels. */
const nearEnd = 80;
/** The distance from the end from which the button to jump back appears, in pixels. */
const farFromEnd = 240;
/** The number of frames in which a message far away has to appear. */
const maxTries = 30;

/**
 * Opens at its end, follows the answer while the reader is at the end, and keeps its position when the reader has
 * scrolled up or earlier messages are added above.
 */
export const MessageList = ({
  messages,
  pending,
  firstInContext,
  target,
  call,
  comparison,
  onCompare,
  hasEarlier,
  isLoadingEarlier,
  onLoadEarlier,
}: MessageListProps) => {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: messages.length + (pending === null ? 0 : 1),
    getScrollElement: () => scroller.current,
    estimateSize: () => 180,
    // The last row stays the same while another of the compared answers becomes the last message.
    getItemKey: (index) =>
      comparison && index === messages.length - 1 ? 'comparison' : (messages[index]?.id ?? 'pending'),
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: nearEnd,
    paddingStart: 16,
    paddingEnd: 24,
    overscan: 6,
  });
  const [isOpened, setOpened] = useState(false);
  useLayoutEffect(() => {
    virtualizer.scrollToEnd();
    // Before the list has scrolled to its end, its first message is shown, which would fetch the page before it.
    const frame = requestAnimationFrame(() => setOpened(true));
    return () => cancelAnimationFrame(frame);
  }, [virtualizer]);
  const targetIndex = target ? messages.findIndex(({ id }) => id === target.id) : -1;
  const targetId = target?.id ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only once, when the target is found, not when it moves
  useEffect(() => {
    if (targetId === null || targetIndex < 0) return;
    virtualizer.scrollToIndex(targetIndex, { align: 'center' });
    // The message is rendered after the list has scrolled there.
    const frame = requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>('[data-target]')?.focus({ preventScroll: true }),
    );
    return () => cancelAnimationFrame(frame);
  }, [targetId, virtualizer]);
  useHighlight(scroller, targetId === null ? null : '[data-target]', target?.words ?? '');
  useEffect(() => {
    if (!call) return;
    let frame = 0;
    let tries = 0;
    const show = () => {
      if (showCall(call.id) || tries === maxTries) return;
      tries += 1;
      // The last message is rendered after the list has scrolled there.
      virtualizer.scrollToEnd();
      frame = requestAnimationFrame(show);
    };
    show();
    return () => cancelAnimationFrame(frame);
  }, [call, virtualizer]);
  useEffect(() => {
    if (pending !== null) virtualizer.scrollToEnd();
  }, [pending, virtualizer]);

  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  useEffect(() => {
    if (isOpened && hasEarlier && !isLoadingEarlier && first < nearTop) onLoadEarlier();
  }, [isOpened, first, hasEarlier, isLoadingEarlier, onLoadEarlier]);

  const showsModel = new Set(messages.flatMap(({ generation }) => generation?.model ?? [])).size > 1;
  const isFar = items.length > 0 && virtualizer.getDistanceFromEnd() > farFromEnd;
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-label={t`Messages`}
        // The announcer reports the start and the end of an answer. Reading each token aloud would drown everything else.
        aria-live="off"
        aria-busy={isLoadingEarlier}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
          <div
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}
          >
            {items.map(({ index, key }) => {
              const message = messages[index];
              const isLast = index === messages.length - 1;
              const isCompared = Boolean(comparison) && isLast;
              return (
                <div
                  key={key}
                  data-index={index}
                  ref={virtualizer.measureElement}
                  {...(message &&
                    message.id === targetId && { 'data-target': true, tabIndex: -1, 'aria-current': true })}
                  className={`mx-auto w-full ${isCompared ? 'max-w-[110rem]' : 'max-w-3xl'} rounded-xl px-4 py-1.5 outline-none data-target:bg-accent-soft/50 md:px-6`}
                >
                  {message && message.id === firstInContext && <ContextEnd />}
                  {isCompared ? (
                    comparison
                  ) : message ? (
                    <MessageRow
                      message={message}
                      isLast={isLast}
                      showsModel={showsModel}
                      onCompare={isLast ? onCompare : null}
                    />
                  ) : (
                    <PendingMessage text={pending ?? ''} />
                  )}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {isFar && (
        <button
          type="button"
          aria-label={t`Jump to the latest message`}
          title={t`Jump to the latest message`}
          onClick={() => virtualizer.scrollToEnd({ behavior: 'auto' })}
          className="absolute bottom-3 left-1/2 flex size-9 pointer-coarse:size-11 -translate-x-1/2 animate-appear items-center justify-center rounded-full border border-line bg-raised text-muted shadow-float hover:text-ink"
        >
          <ArrowDown size={18} aria-hidden="true" />
        </button>
      )}
    </div>
  );
};

/** Divides the messages that no longer reach the model from those that do. */
const ContextEnd = () => (
  <p
    role="note"
    className="flex items-center gap-3 pt-2 pb-5 text-sm text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line"
  >
    <Trans>Messages above no longer reach the model: its context is full.</Trans>
  </p>
);
