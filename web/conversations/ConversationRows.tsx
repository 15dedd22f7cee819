import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { graphql, useFragment } from 'react-relay';
import { useMatch } from 'react-router';
import { useToday } from '../ui/useToday.ts';
import type {
  ConversationRows_conversations$data,
  ConversationRows_conversations$key,
} from './__generated__/ConversationRows_conversations.graphql.ts';
import { ConversationRow } from './ConversationRow.tsx';
import { groupOf, inListOrder } from './groups.ts';

export interface ConversationRowsProps {
  readonly conversations: ConversationRows_conversations$key;
  readonly empty: string;
  /** Shown above the rows, and scrolled with them. */
  readonly top?: ReactNode;
  readonly onNearEnd: () => void;
}

type Row =
  | { readonly heading: string }
  | { readonly conversation: ConversationRows_conversations$data[number] };

/** In pixels; 44 for fingers. */
const rowHeight = window.matchMedia?.('(pointer: coarse)').matches ? 44 : 36;
const headingHeight = 40;
/** The number of rows from the end at which the next page is fetched. */
const nearEnd = 10;

export const ConversationRows = ({ conversations: key, empty, top, onNearEnd }: ConversationRowsProps) => {
  const conversations = useFragment(
    graphql`
      fragment ConversationRows_conversations on Conversation @relay(plural: true) {
        id
        pinned
        updatedAt
        folder {
          id
        }
        ...ConversationRow_conversation
      }
    `,
    key,
  );
  const today = useToday();
  const rows = useMemo(() => grouped(conversations, today), [conversations, today]);
  const scroller = useRef<HTMLDivElement>(null);
  const above = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useEffect(() => {
    const element = above.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setScrollMargin(element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const virtualizer = useVirtualizer({
    count: rows.length,
    scrollMargin,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index] && 'heading' in rows[index] ? headingHeight : rowHeight),
    getItemKey: (index) => {
      const row = rows[index];
      if (!row) return index;
      return 'heading' in row ? row.heading : row.conversation.id;
    },
    overscan: 10,
  });
  const openId = useMatch('/chat/:id')?.params.id;
  const openIndex = rows.findIndex((row) => 'conversation' in row && row.conversation.id === openId);
  const isListed = openIndex >= 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is opened or first listed, not when it moves
  useEffect(() => {
    if (isListed) virtualizer.scrollToIndex(openIndex, { align: 'auto' });
  }, [openId, isListed, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - nearEnd) onNearEnd();
  }, [last, rows.length, onNearEnd]);

  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2.5 pb-2">
      <div ref={above}>{top}</div>
      {rows.length === 0 && <p className="px-2.5 py-4 text-sm text-muted">{empty}</p>}
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, key: rowKey, start, size }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <li
              key={rowKey}
              className="absolute inset-x-0 top-0"
              style={{ height: size, transform: `translateY(${start - scrollMargin}px)` }}
            >
              {'heading' in row ? (
                <h3 className="flex h-full items-end px-2.5 pb-1.5 text-xs font-medium text-muted">
                  {row.heading}
                </h3>
              ) : (
                <ConversationRow conversation={row.conversation} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
};

const grouped = (conversations: ConversationRows_conversations$data, now: Date): readonly Row[] => {
  const rows: Row[] = [];
  let group = '';
  for (const conversation of [...conversations].sort(inListOrder)) {
    const heading = groupOf(conversation, now);
    if (heading !== group) rows.push({ heading });
    group = heading;
    rows.push({ conversation });
  }
  return rows;
};
